import { PriorityQueue } from "./priority-queue.ts";

interface Entry<T> {
	readonly due: number;
	readonly item: T;
}

/**
 * Items by the time at which something is due. A due time that moves later costs nothing until the old one is reached;
 * it must never move earlier while the item is scheduled. Items with one due time leave in the order of their ids.
 */
export class DueQueue<T extends { readonly id: string }> {
	readonly #dueOf: (item: T) => number | undefined;
	readonly #scheduled = new Set<T>();
	#queue = new PriorityQueue<Entry<T>>(compareEntries);
	#compactAt = SMALL;

	/** `dueOf` gives microseconds, or undefined for an item of which nothing is due any more. */
	constructor(dueOf: (item: T) => number | undefined) {
		this.#dueOf = dueOf;
	}

	schedule(item: T): void {
		const due = this.#dueOf(item);
		if (due === undefined || this.#scheduled.has(item)) return;
		this.#scheduled.add(item);
		this.#queue.push({ due, item });
		if (this.#queue.size > this.#compactAt) this.#compact();
	}

	/** The earliest due time; Infinity if nothing is due. */
	next(): number {
		for (;;) {
			const first = this.#queue.peek();
			if (first === undefined) return Infinity;
			const due = this.#dueOf(first.item);
			if (due !== undefined && due <= first.due) return first.due;
			this.#queue.pop();
			if (due === undefined) this.#scheduled.delete(first.item);
			else this.#queue.push({ due, item: first.item });
		}
	}

	/** Takes the item of `next()` out. */
	pop(): T | undefined {
		if (this.next() === Infinity) return undefined;
		const { item } = this.#queue.pop()!;
		this.#scheduled.delete(item);
		return item;
	}

	/** Drops items of which nothing is due any more, although their old time is not reached. */
	#compact(): void {
		const kept = new PriorityQueue<Entry<T>>(compareEntries);
		for (const entry of this.#queue.items()) {
			if (this.#dueOf(entry.item) === undefined) this.#scheduled.delete(entry.item);
			else kept.push(entry);
		}
		this.#queue = kept;
		this.#compactAt = Math.max(SMALL, 2 * kept.size);
	}
}

/** Entries below which compaction is not worth it. */
const SMALL = 1024;

function compareEntries<T extends { readonly id: string }>(a: Entry<T>, b: Entry<T>): number {
	return a.due - b.due || (a.item.id < b.item.id ? -1 : a.item.id > b.item.id ? 1 : 0);
}
