import type { ListColumnBuilder } from "../flow/columns-builder.ts";
import { Slabs } from "./slabs.ts";

/** Most pushes kept of a connection: the newest. */
export const MOST_PUSHES = 64;
/**
 * µs without payload from the client after which payload from the server is a push, and minimum µs since the previous
 * push.
 */
const CLIENT_SILENCE = 2e6;
const BETWEEN_PUSHES = 1e6;

/** The layout of a ring in memory: the client's last payload, the times, the number of pushes, and the link. */
const CLIENT_LAST = 0;
const TIMES = 1;
const DOUBLES = TIMES + MOST_PUSHES + 1;
const COUNT = 2 * (DOUBLES - 1);
const LINK = COUNT + 1;

/** Few connections have servers that send unrequested data. */
const SLOTS_PER_RING = 16;
const FEWEST_RINGS = 64;

/**
 * Times at which a server sent unrequested data. A connection costs one word of its record until
 * its first push, and a ring after it. The word is minus the milliseconds from the flow's begin to the client's last
 * payload, or the ring's number.
 */
export class PushTimes {
	/** Number of pushes without a ring. */
	skipped = 0;
	/** Frees rings of less important connections, if all are in use. */
	reclaim: () => void = () => {};
	readonly #slabs: Slabs;
	readonly #times: Float64Array;
	readonly #words: Int32Array;

	constructor(slots: number) {
		this.#slabs = new Slabs(Math.max(FEWEST_RINGS, Math.ceil(slots / SLOTS_PER_RING)), DOUBLES << 3, LINK);
		this.#times = this.#slabs.doubles;
		this.#words = this.#slabs.words;
	}

	/** Whether no ring is free for a first push. */
	get isExhausted(): boolean {
		return this.#slabs.available === 0;
	}

	/** The client has sent payload: returns the new `word` of the connection. Times in µs. */
	afterClient(word: number, begin: number, time: number): number {
		if (word <= 0) return -milliseconds(begin, time);
		this.#times[word * DOUBLES + CLIENT_LAST] = time;
		return word;
	}

	/** The server has sent payload: returns the new `word` of the connection. */
	afterServer(word: number, begin: number, time: number): number {
		if (word > 0) this.#add(word, time);
		else if (time - begin + word * 1000 >= CLIENT_SILENCE) return this.#claim(word, begin, time);
		return word;
	}

	#claim(word: number, begin: number, time: number): number {
		if (this.isExhausted) this.reclaim();
		if (this.isExhausted) {
			this.skipped++;
			return word;
		}
		const ring = this.#slabs.claim();
		this.#times[ring * DOUBLES + CLIENT_LAST] = begin - word * 1000;
		this.#times[ring * DOUBLES + TIMES] = time;
		this.#words[ring * DOUBLES * 2 + COUNT] = 1;
		return ring;
	}

	#add(ring: number, time: number): void {
		const base = ring * DOUBLES;
		if (time - this.#times[base + CLIENT_LAST]! < CLIENT_SILENCE) return;
		const count = this.#words[2 * base + COUNT]!;
		if (time - this.#times[base + TIMES + ((count - 1) % MOST_PUSHES)]! < BETWEEN_PUSHES) return;
		this.#times[base + TIMES + (count % MOST_PUSHES)] = time;
		// Continues from the size of a full ring, so that the count never overflows.
		this.#words[2 * base + COUNT] = count + 1 < 2 * MOST_PUSHES ? count + 1 : MOST_PUSHES;
	}

	/** Appends a connection's pushes, the oldest first, to the flow that `into` is building. */
	write(word: number, into: ListColumnBuilder<Float64Array>): void {
		if (word <= 0) return;
		const base = word * DOUBLES;
		const count = this.#words[2 * base + COUNT]!;
		for (let i = Math.max(0, count - MOST_PUSHES); i < count; i++)
			into.push(this.#times[base + TIMES + (i % MOST_PUSHES)]!);
	}

	release(word: number): void {
		if (word > 0) this.#slabs.release(word);
	}
}

/** Whole milliseconds, limited to the range of a word. */
function milliseconds(begin: number, time: number): number {
	return Math.max(0, Math.min(0x7fffffff, Math.floor((time - begin) / 1000)));
}
