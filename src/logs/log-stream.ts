import { countMalformed } from "../bytes/counters.ts";
import { logKindOf } from "./log-kinds.ts";
import { LogLines } from "./log-lines.ts";
import type { LogReader, LogTarget } from "./log-reader.ts";

/** One log that comes piece by piece: its first line that is of a known kind tells how all are read. */
export class LogStream {
	readonly #target: LogTarget;
	readonly #lines: LogLines;
	#reader: LogReader | undefined;

	constructor(target: LogTarget) {
		this.#target = target;
		this.#lines = new LogLines(target.counters);
	}

	/** Reads the lines that end within `chunk`. */
	async add(chunk: Uint8Array): Promise<void> {
		for (const line of this.#lines.add(chunk)) await this.#read(line);
	}

	/** Reads the last line, where it has no end. */
	async end(): Promise<void> {
		for (const line of this.#lines.end()) await this.#read(line);
	}

	#read(line: Uint8Array): Promise<void> | undefined {
		if (this.#reader === undefined) return this.#readFirst(line);
		this.#reader.read(line, this.#target);
		return undefined;
	}

	async #readFirst(line: Uint8Array): Promise<void> {
		if (line.length === 0) return;
		this.#reader = await logKindOf(line)?.createReader();
		if (this.#reader === undefined) countMalformed(this.#target.counters, "log: line of no known log");
		else this.#reader.read(line, this.#target);
	}
}
