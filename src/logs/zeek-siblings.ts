import { readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/** Logs that tell names of the connections of `conn.log`, in the order in which they are read. */
const TELLING = ["dns", "ssl", "quic", "http", "notice"] as const;
/** All logs that Zeek may write beside it have such names: a word, and the times of the rotation. */
const LOG_NAME = /^[a-z0-9_]+((?:\.[^.]+)*\.log(?:\.(?:gz|zst))?)$/;

/** Where Zeek writes the logs that belong to a `conn.log` (`conn.09:00:00-10:00:00.log.gz`); empty for other files. */
export function zeekSiblingPaths(path: string): string[] {
	const rest = /^conn(\..+)$/.exec(basename(path))?.[1];
	return rest === undefined ? [] : TELLING.map((log) => join(dirname(path), `${log}${rest}`));
}

/** Those of them that are there. */
export function zeekSiblings(path: string): string[] {
	const paths = zeekSiblingPaths(path);
	if (paths.length === 0) return [];
	const present = new Set(readdirSync(dirname(path)));
	return paths.filter((path) => present.has(basename(path)));
}

/** Whether a Zeek log is read together with a `conn.log` of the same rotation in its directory, or tells nothing of connections. */
export function isBesideConnections(path: string): boolean {
	const name = basename(path);
	const rest = LOG_NAME.exec(name)?.[1];
	return rest !== undefined && name !== `conn${rest}` && readdirSync(dirname(path)).includes(`conn${rest}`);
}
