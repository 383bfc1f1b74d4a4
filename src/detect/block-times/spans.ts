/** Disjoint time spans in ascending order, microseconds: span k is `[begins[k], ends[k]]`. */
export interface Spans {
	readonly begins: readonly number[];
	readonly ends: readonly number[];
}

/** The union of spans in any order, which may overlap; spans that end before they begin are left out. */
export function unionOfSpans(spans: readonly (readonly [begin: number, end: number])[]): Spans {
	const begins: number[] = [];
	const ends: number[] = [];
	for (const [begin, end] of [...spans].sort((a, b) => a[0] - b[0])) {
		if (!(end >= begin)) continue;
		const last = ends.length - 1;
		if (last >= 0 && begin <= ends[last]!) ends[last] = Math.max(ends[last]!, end);
		else {
			begins.push(begin);
			ends.push(end);
		}
	}
	return { begins, ends };
}

/** The sum of all lengths, microseconds. */
export function totalLength({ begins, ends }: Spans): number {
	return begins.reduce((sum, begin, k) => sum + ends[k]! - begin, 0);
}

/** Whether `time` lies in one of the spans. */
export function contains({ begins, ends }: Spans, time: number): boolean {
	let low = 0;
	let high = begins.length;
	while (low < high) {
		const middle = (low + high) >> 1;
		if (begins[middle]! <= time) low = middle + 1;
		else high = middle;
	}
	return low > 0 && time <= ends[low - 1]!;
}

/** What lies in both. */
export function intersection(a: Spans, b: Spans): Spans {
	const begins: number[] = [];
	const ends: number[] = [];
	for (let i = 0, k = 0; i < a.begins.length && k < b.begins.length; ) {
		const begin = Math.max(a.begins[i]!, b.begins[k]!);
		const end = Math.min(a.ends[i]!, b.ends[k]!);
		if (begin <= end) {
			begins.push(begin);
			ends.push(end);
		}
		if (a.ends[i]! < b.ends[k]!) i++;
		else k++;
	}
	return { begins, ends };
}
