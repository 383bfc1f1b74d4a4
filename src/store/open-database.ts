import { existsSync, renameSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { DeCryptoError } from "../bytes/error.ts";
import { migrate, SCHEMA_VERSION, schemaVersion } from "./schema.ts";
import { FAULT_WORDS, faultOf } from "./store-fault.ts";

export interface OpenedDatabase {
	readonly database: DatabaseSync;
	/** Where a damaged file was moved to. */
	readonly setAside?: string;
}

/** Milliseconds that a statement waits for another process. */
const PATIENCE = 2000;

/**
 * Opens the store at `path`, or makes it. A damaged file is renamed to `….damaged-TIME` and a new one begun.
 * Throws `store-newer`, `store-older` (read-only and not yet migrated) or `store-locked`, …: {@link faultOf}.
 */
export function openDatabase(
	path: string,
	options: { readonly readOnly?: boolean; readonly now: number },
): OpenedDatabase {
	try {
		return { database: opened(path, options.readOnly === true) };
	} catch (error) {
		if (faultOf(error) !== "corrupt" || options.readOnly) throw explained(path, error);
	}
	const setAside = moveAside(path, options.now);
	try {
		return { database: opened(path, false), setAside };
	} catch (error) {
		throw explained(path, error);
	}
}

/** Renames the file and what belongs to it, so that people can look at it. Returns the new name. */
export function moveAside(path: string, now: number): string {
	let aside = `${path}.damaged-${new Date(now).toISOString().replaceAll(/[:.]/g, "-")}`;
	while (existsSync(aside)) aside += "x";
	for (const suffix of ["", "-wal", "-shm"]) {
		if (existsSync(path + suffix)) renameSync(path + suffix, aside + suffix);
	}
	return aside;
}

function opened(path: string, readOnly: boolean): DatabaseSync {
	const database = new DatabaseSync(path, { readOnly, timeout: PATIENCE, enableForeignKeyConstraints: true });
	try {
		if (readOnly) {
			const found = schemaVersion(database);
			if (found !== SCHEMA_VERSION) {
				const kind = found > SCHEMA_VERSION ? "store-newer" : "store-older";
				throw new DeCryptoError(kind, `the store has schema version ${found}, this program reads ${SCHEMA_VERSION}`);
			}
			return database;
		}
		// Before the first table: pages freed by retention go back to the file system.
		if (schemaVersion(database) === 0) database.exec("PRAGMA auto_vacuum = INCREMENTAL");
		// NORMAL: a transaction survives SIGKILL; a power failure may lose the newest ones, but damages nothing.
		database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA journal_size_limit = 67108864");
		// 64 MiB: incidents are updated in random order, and each update touches a page of every index.
		database.exec("PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 8000");
		migrate(database);
		return database;
	} catch (error) {
		database.close();
		throw error;
	}
}

function explained(path: string, error: unknown): unknown {
	const fault = faultOf(error);
	return fault === undefined
		? error
		: new DeCryptoError(`store-${fault}`, `${path}: ${FAULT_WORDS[fault]}`, { path }, error);
}
