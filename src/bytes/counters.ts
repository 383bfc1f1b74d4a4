/** What a source has seen so far. Everything that moves gets a counter; a skip is never silent. */
export interface SourceCounters {
	/** Bytes read from the file or the wire, before decompression where that can be told. */
	bytesRead: number;
	/** Size of the input where known (a file), else 0: what progress divides by. */
	bytesTotal: number;
	/** Packets, for sources that meter; 0 for sources of flow records. */
	packets: number;
	/** Flows delivered. */
	flows: number;
	/** Packets, records, messages or rows that could not be used, by reason (`tcp: header cut`). */
	readonly malformed: Map<string, number>;
	/** Things a person should know once: a capture cut short, packets dropped by the kernel. */
	readonly warnings: string[];
}

export function createCounters(bytesTotal = 0): SourceCounters {
	return { bytesRead: 0, bytesTotal, packets: 0, flows: 0, malformed: new Map(), warnings: [] };
}

/** Counts one more skipped item. The reasons are literals of ours, never text from the input: the map stays small. */
export function countMalformed(counters: SourceCounters, reason: string, times = 1): void {
	counters.malformed.set(reason, (counters.malformed.get(reason) ?? 0) + times);
}

export function totalMalformed(counters: SourceCounters): number {
	let total = 0;
	for (const times of counters.malformed.values()) total += times;
	return total;
}
