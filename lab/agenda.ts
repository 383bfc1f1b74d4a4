interface Entry<T> {
	readonly at: number;
	readonly order: number;
	readonly what: T;
}

/** Events under a virtual clock, earliest first; at equal times in the order of insertion. A binary heap. */
export class Agenda<T> {
	readonly #heap: Entry<T>[] = [];
	#added = 0;

	add(at: number, what: T): void {
		const heap = this.#heap;
		const entry = { at, order: this.#added++, what };
		let i = heap.length;
		heap.push(entry);
		while (i > 0) {
			const parent = (i - 1) >> 1;
			if (!before(entry, heap[parent]!)) break;
			heap[i] = heap[parent]!;
			i = parent;
		}
		heap[i] = entry;
	}

	/** Removes and returns the earliest entry if it is not later than `until`. */
	take(until = Number.POSITIVE_INFINITY): { readonly at: number; readonly what: T } | undefined {
		const heap = this.#heap;
		const first = heap[0];
		if (first === undefined || first.at > until) return undefined;
		const last = heap.pop()!;
		if (heap.length === 0) return first;
		let i = 0;
		for (;;) {
			let child = 2 * i + 1;
			if (child >= heap.length) break;
			if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child++;
			if (!before(heap[child]!, last)) break;
			heap[i] = heap[child]!;
			i = child;
		}
		heap[i] = last;
		return first;
	}
}

function before<T>(a: Entry<T>, b: Entry<T>): boolean {
	return a.at < b.at || (a.at === b.at && a.order < b.order);
}
