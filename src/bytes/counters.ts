/** The counters of a source. Everything processed is counted; no skip is silent. */
export interface SourceCounters {
	/** Bytes read from the file or the wire, before decompression if that is known. */
	bytesRead: number;
	/** Size of the input if known (a file), else 0: the denominator of progress. */
	bytesTotal: number;
	/** Packets, for sources that meter; 0 for sources of flow records. */
	packets: number;
	/** Flows delivered. */
	flows: number;
	/** Packets, records, messages or rows that could not be used, by reason (`tcp: header cut`). */
	readonly malformed: Map<string, number>;
	/** Facts for people, each reported once: a truncated capture, packets dropped by the kernel. */
	readonly warnings: string[];
}

export function createCounters(bytesTotal = 0): SourceCounters {
	return { bytesRead: 0, bytesTotal, packets: 0, flows: 0, malformed: new Map(), warnings: [] };
}

/** Counts one more skipped item. The reasons are our own literals, never text from the input: the map stays small. */
export function countMalformed(counters: SourceCounters, reason: string, times = 1): void {
	counters.malformed.set(reason, (counters.malformed.get(reason) ?? 0) + times);
}

export function totalMalformed(counters: SourceCounters): number {
	let total = 0;
	for (const times of counters.malformed.values()) total += times;
	return total;
}
