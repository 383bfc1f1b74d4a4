import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { inContext } from "../bytes/error.ts";
import { replaceFile } from "../bytes/output-file.ts";

/** Most servers remembered; the one probed longest ago is removed first. */
const MOST_SERVERS = 65_536;

/**
 * The time of the last probe of each server. A file keeps it across restarts: a line of JSON per probe, written before
 * it begins.
 */
export class ProbeHistory {
	readonly #path: string | undefined;
	readonly #times = new Map<string, number>();

	/** Reads the file, if it exists, and drops entries older than `since` (ms). Ignores damaged lines. */
	constructor(path?: string, since = 0) {
		this.#path = path;
		if (path === undefined || !existsSync(path)) return;
		for (const line of readText(path).split("\n")) {
			const entry = entryOf(line);
			if (entry !== undefined && entry.at >= since) this.#remember(entry.server, entry.at);
		}
		const lines = [...this.#times].map(([server, at]) => `${JSON.stringify({ server, at })}\n`);
		replaceFile(path, lines.join(""));
	}

	/** Time of the server's last probe, ms since the epoch. */
	lastProbe(server: string): number | undefined {
		return this.#times.get(server);
	}

	/** Throws if the file cannot be written: then nothing must be sent. */
	add(server: string, at: number): void {
		this.#remember(server, at);
		if (this.#path === undefined) return;
		try {
			appendFileSync(this.#path, `${JSON.stringify({ server, at })}\n`, { mode: 0o600 });
		} catch (error) {
			throw inContext(this.#path, error);
		}
	}

	#remember(server: string, at: number): void {
		this.#times.delete(server);
		this.#times.set(server, at);
		if (this.#times.size <= MOST_SERVERS) return;
		const [oldest] = this.#times.keys();
		this.#times.delete(oldest!);
	}
}

function readText(path: string): string {
	try {
		return readFileSync(path, "utf8");
	} catch (error) {
		throw inContext(path, error);
	}
}

function entryOf(line: string): { server: string; at: number } | undefined {
	try {
		const { server, at } = JSON.parse(line) as { server?: unknown; at?: unknown };
		return typeof server === "string" && typeof at === "number" ? { server, at } : undefined;
	} catch {
		return undefined;
	}
}
