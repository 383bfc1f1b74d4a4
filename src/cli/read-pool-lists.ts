import { readFileSync } from "node:fs";
import { inContext } from "../bytes/error.ts";
import { builtInPools } from "../pool/built-in-pools.ts";
import type { PoolEndpoint } from "../pool/pool-endpoint.ts";
import { readPoolList } from "../pool/read-pool-list.ts";

/** What lists hold together, and how many of their lines could not be used. */
export interface ReadLists {
	readonly endpoints: readonly PoolEndpoint[];
	readonly rejected: number;
}

/** Reads lists: files, `-` for standard input, `builtin` for the one that comes along. Every rejected line is told, with its number. */
export function readPoolLists(
	names: readonly string[],
	ports: readonly number[] | undefined,
	tell: (line: string) => void,
): ReadLists {
	const endpoints: PoolEndpoint[] = [];
	let rejected = 0;
	for (const name of names) {
		if (name === "builtin") {
			endpoints.push(...builtInPools());
			continue;
		}
		const list = readPoolList(textOf(name), ports);
		for (const { line, text, reason } of list.rejected) tell(`${name}:${line}: ${reason}: ${text}`);
		rejected += list.rejected.length;
		endpoints.push(...list.endpoints);
	}
	return { endpoints, rejected };
}

/** A text file, or standard input for `-`; what cannot be read is told with its name. */
export function textOf(name: string): string {
	try {
		return readFileSync(name === "-" ? 0 : name, "utf8");
	} catch (error) {
		throw inContext(name === "-" ? "standard input" : name, error);
	}
}
