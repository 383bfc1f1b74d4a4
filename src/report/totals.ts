/** What a run of the detector came to. */
export interface Totals {
	readonly inputs: number;
	/** 0 where no input was metered. */
	readonly packets: number;
	readonly flows: number;
	readonly miner_flows: number;
	/** Distinct addresses that mine; counted for a sink that tells the totals, else 0. */
	readonly mining_hosts: number;
	/** Flows without usable per-packet information, judged by payload and server name only. */
	readonly not_judged_by_shape: number;
	readonly seconds: number;
	/** Packets, records, messages or rows that could not be used, by reason. */
	readonly malformed: Readonly<Record<string, number>>;
	readonly warnings: readonly string[];
}
