import { readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/** Logs that tell names of the connections of `conn.log`, in the order in which they are read. */
const TELLING = ["dns", "ssl", "quic", "http", "notice"] as const;

/**
 * The logs that Zeek wrote beside a `conn.log`, of the same rotation: beside `conn.09:00:00-10:00:00.log.gz` those with
 * the same rest of the name. Empty where the file is no `conn.log`.
 */
export function zeekSiblings(path: string): string[] {
	const rest = /^conn(\..+)$/.exec(basename(path))?.[1];
	if (rest === undefined) return [];
	const present = new Set(readdirSync(dirname(path)));
	return TELLING.map((log) => `${log}${rest}`)
		.filter((name) => present.has(name))
		.map((name) => join(dirname(path), name));
}
