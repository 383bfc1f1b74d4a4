/**
 * A log that hostile input cannot flood: per topic the first `burst` lines of every `periodMs` are written;
 * the others are counted, and one line at the end of the period reports their number.
 */
export class MutedLog {
	readonly #write: (line: string) => void;
	readonly #burst: number;
	readonly #periodMs: number;
	readonly #topics = new Map<string, { since: number; written: number; muted: number }>();

	constructor(write: (line: string) => void, burst = 3, periodMs = 10_000) {
		this.#write = write;
		this.#burst = burst;
		this.#periodMs = periodMs;
	}

	/** `topic` is one of our own literals (a map key that is never removed), `line` may quote the input. */
	warn(topic: string, line: string, now = Date.now()): void {
		let state = this.#topics.get(topic);
		if (state === undefined || now - state.since >= this.#periodMs) {
			this.#tellMuted(topic, state);
			state = { since: now, written: 0, muted: 0 };
			this.#topics.set(topic, state);
		}
		if (state.written < this.#burst) {
			state.written++;
			this.#write(line);
		} else state.muted++;
	}

	/** Reports the lines muted since then; call it at the end of the work. */
	flush(): void {
		for (const [topic, state] of this.#topics) this.#tellMuted(topic, state);
		this.#topics.clear();
	}

	#tellMuted(topic: string, state: { muted: number } | undefined): void {
		if (state && state.muted > 0) this.#write(`${topic}: ${state.muted} more like it`);
	}
}
