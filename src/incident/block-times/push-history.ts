import type { ObservedPushes } from "../../detect/block-times/block-time-test.ts";
import { type Spans, totalLength, unionOfSpans } from "../../detect/block-times/spans.ts";

/** Pushes that are kept; the oldest are forgotten with the time in which they were observed. */
export const MOST_PUSHES = 2048;
const MOST_SPANS = 256;
/** Pushes of two connections of one pair within this many microseconds are one. */
const SAME_PUSH = 0.25e6;
/**
 * Records of one pair that are at most this far apart are one observation: a connection on which nothing is sent ends its
 * record (inactive timeout) and begins the next with the next packet. Where the server was silent it was observed, too.
 */
const BRIDGED = 600e6;

/** The pushes of one server to one host, and the time in which they were observed: bounded, in ascending order. */
export class PushHistory implements ObservedPushes {
	#pushes: number[] = [];
	#spans: Spans = { begins: [], ends: [] };
	#observedTime = 0;

	get pushes(): readonly number[] {
		return this.#pushes;
	}

	get spans(): Spans {
		return this.#spans;
	}

	/** Microseconds observed. */
	get observedTime(): number {
		return this.#observedTime;
	}

	/** Takes in a record. Pushes that are known already count once. Returns how many were new. */
	add(begin: number, end: number, pushes: Iterable<number>): number {
		this.#observe(begin, end);
		let added = 0;
		for (const push of pushes) if (push >= begin && push <= end && this.#insert(push)) added++;
		this.#forget();
		return added;
	}

	#observe(begin: number, end: number): void {
		const { begins, ends } = this.#spans;
		const all = begins.map((from, k): [number, number] => [from, ends[k]! + BRIDGED]);
		const merged = unionOfSpans([...all, [begin, end + BRIDGED]]);
		this.#spans = { begins: merged.begins, ends: merged.ends.map((each) => each - BRIDGED) };
		this.#observedTime = totalLength(this.#spans);
	}

	/** Pushes come nearly in order: the place is looked for from the end. */
	#insert(push: number): boolean {
		const pushes = this.#pushes;
		let at = pushes.length;
		while (at > 0 && pushes[at - 1]! > push) at--;
		if (push - (pushes[at - 1] ?? -Infinity) < SAME_PUSH || (pushes[at] ?? Infinity) - push < SAME_PUSH) return false;
		pushes.splice(at, 0, push);
		return true;
	}

	#forget(): void {
		let from = -Infinity;
		if (this.#pushes.length > MOST_PUSHES) {
			// An eighth at once, so that the arrays are not moved for every push.
			this.#pushes = this.#pushes.slice(MOST_PUSHES >> 3);
			from = this.#pushes[0]!;
		}
		const { begins, ends } = this.#spans;
		if (begins.length > MOST_SPANS) from = Math.max(from, begins[begins.length - MOST_SPANS]!);
		if (from === -Infinity) return;
		this.#pushes = this.#pushes.filter((push) => push >= from);
		this.#spans = unionOfSpans(begins.map((begin, k): [number, number] => [Math.max(begin, from), ends[k]!]));
		this.#observedTime = totalLength(this.#spans);
	}
}
