import { countMalformed, type SourceCounters } from "../bytes/counters.ts";

const NEWLINE = 0x0a;
/** Bytes. Azure writes an hour of flows into one line of JSON. */
const LONGEST_LINE = 1 << 26;

/** Cuts chunks of bytes into lines. Lines beyond the bound are skipped and counted. */
export class LogLines {
	readonly #counters: SourceCounters;
	#rest: Uint8Array[] = [];
	#restLength = 0;
	#skipping = false;

	constructor(counters: SourceCounters) {
		this.#counters = counters;
	}

	/** The lines that end within `chunk`, without their ends. Views of the chunk, valid until the next one. */
	*add(chunk: Uint8Array): Generator<Uint8Array> {
		let begin = 0;
		for (;;) {
			const end = chunk.indexOf(NEWLINE, begin);
			if (end < 0) break;
			const line = this.#join(chunk.subarray(begin, end));
			begin = end + 1;
			if (line !== undefined) yield line;
		}
		if (begin < chunk.length) this.#keep(chunk.subarray(begin));
	}

	/** The last line, where the input does not end with a newline. */
	*end(): Generator<Uint8Array> {
		const line = this.#join(new Uint8Array(0));
		if (line !== undefined && line.length > 0) yield line;
	}

	#keep(part: Uint8Array): void {
		if (this.#skipping) return;
		this.#rest.push(part.slice());
		this.#restLength += part.length;
		if (this.#restLength <= LONGEST_LINE) return;
		countMalformed(this.#counters, "log: line too long");
		this.#skipping = true;
		this.#rest = [];
		this.#restLength = 0;
	}

	#join(last: Uint8Array): Uint8Array | undefined {
		if (this.#skipping) {
			this.#skipping = false;
			return undefined;
		}
		if (this.#rest.length === 0) return last;
		const line = Buffer.concat([...this.#rest, last]);
		this.#rest = [];
		this.#restLength = 0;
		return line;
	}
}
