/** A binary heap: `pop` gives the least item. The order of equal items is not defined, so `compare` must be total. */
export class PriorityQueue<T> {
	readonly #compare: (a: T, b: T) => number;
	readonly #items: T[] = [];

	constructor(compare: (a: T, b: T) => number) {
		this.#compare = compare;
	}

	get size(): number {
		return this.#items.length;
	}

	peek(): T | undefined {
		return this.#items[0];
	}

	push(item: T): void {
		const items = this.#items;
		let at = items.push(item) - 1;
		while (at > 0) {
			const parent = (at - 1) >> 1;
			if (this.#compare(items[parent]!, item) <= 0) break;
			items[at] = items[parent]!;
			at = parent;
		}
		items[at] = item;
	}

	pop(): T | undefined {
		const items = this.#items;
		const least = items[0];
		const last = items.pop();
		if (items.length === 0 || last === undefined) return least;
		let at = 0;
		for (;;) {
			let child = 2 * at + 1;
			if (child >= items.length) break;
			if (child + 1 < items.length && this.#compare(items[child + 1]!, items[child]!) < 0) child++;
			if (this.#compare(last, items[child]!) <= 0) break;
			items[at] = items[child]!;
			at = child;
		}
		items[at] = last;
		return least;
	}

	/** All items, in no particular order. */
	items(): readonly T[] {
		return this.#items;
	}
}
