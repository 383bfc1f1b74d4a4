import { existsSync, globSync } from "node:fs";
import { homedir } from "node:os";
import { openByteSource } from "../bytes/byte-source.ts";
import { createCounters, type SourceCounters } from "../bytes/counters.ts";
import { DeCryptoError } from "../bytes/error.ts";
import type { RecordBatch } from "./record-batch.ts";
import type { RecordInput } from "./record-input.ts";
import { TrapcapInput } from "./trapcap-input.ts";

/**
 * The files that `f:` names: `~` is the home directory, `*`, `?` and `[…]` stand for many files (in the order of their
 * names), blanks part several; a file whose name has blanks is found nevertheless. Throws (code `failed`) where there
 * is no file.
 */
export function expandPaths(pattern: string): string[] {
	if (pattern === "-" || existsSync(pattern)) return [pattern];
	return pattern
		.split(/\s+/)
		.filter((word) => word !== "")
		.flatMap((word) => {
			const path = expandHome(word);
			const found = existsSync(path) ? [path] : globSync(path).sort();
			if (found.length === 0) throw new DeCryptoError("failed", `${word}: no such file`, { path: word });
			return found;
		});
}

/** `~` and `~/…` by the user's home directory. */
export function expandHome(path: string): string {
	return path === "~" || path.startsWith("~/") ? homedir() + path.slice(1) : path;
}

/** Several `.trapcap` files as one input. Each begins with a hello of its own; an end of stream ends its file only. */
export class TrapcapFiles implements RecordInput {
	readonly name: string;
	readonly counters: SourceCounters = createCounters();
	readonly #paths: readonly string[];
	#current: TrapcapInput | undefined;
	#stopped = false;

	constructor(name: string, paths: readonly string[]) {
		this.name = name;
		this.#paths = paths;
	}

	stop(): void {
		this.#stopped = true;
		this.#current?.stop();
	}

	async *[Symbol.asyncIterator](): AsyncGenerator<RecordBatch> {
		for (const path of this.#paths) {
			if (this.#stopped) return;
			const input = new TrapcapInput(openByteSource(path));
			this.#current = input;
			try {
				yield* input;
			} finally {
				this.#add(input.counters);
			}
		}
	}

	#add({ bytesRead, bytesTotal, malformed, warnings }: SourceCounters): void {
		this.counters.bytesRead += bytesRead;
		this.counters.bytesTotal += bytesTotal;
		this.counters.warnings.push(...warnings);
		for (const [reason, times] of malformed) {
			this.counters.malformed.set(reason, (this.counters.malformed.get(reason) ?? 0) + times);
		}
	}
}
