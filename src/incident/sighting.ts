import type { Explanation } from "../detect/explanation.ts";
import type { PoolOutcome } from "../mining/recognition.ts";

/** One end of a flow: an address as text and a port. */
export interface Endpoint {
	readonly address: string;
	readonly port: number;
}

export type { PoolOutcome };

/** The listed packets of a flow (PPI, at most 30), for the picture of its rhythm. */
export interface PacketList {
	/** Bytes of payload. */
	readonly lengths: readonly number[];
	/** 1: miner to pool; -1: pool to miner. */
	readonly directions: readonly number[];
	/** Microseconds since the epoch. */
	readonly times: readonly number[];
	/** TCP flags; absent where the input has none. */
	readonly flags?: readonly number[];
}

/** One reported flow taken out of its batch: all that incidents look at. Plain, bounded, cloneable. */
export interface Sighting {
	/** End and begin of the flow, microseconds since the epoch. */
	readonly at: number;
	readonly begin: number;
	readonly input: string;
	/** VLAN or observation domain, where the input distinguishes hosts of equal address by it. */
	readonly domain?: string;
	readonly miner: Endpoint;
	readonly pool: Endpoint;
	/** IP protocol number: 6 is TCP, 17 UDP. */
	readonly protocol: number;
	/** Flow records of one connection have one id (`flow_id`); `early`: a report before the flow's end. */
	readonly flowId?: string;
	readonly part?: "early" | "whole";
	readonly bytesToPool: number;
	readonly bytesToMiner: number;
	readonly packetsToPool: number;
	readonly packetsToMiner: number;
	/** TLS server name, else QUIC's; text from the network. */
	readonly serverName?: string;
	/** The signal that decided the flow: `stratum`, `dst`, `ml` or `cache` (`REASON_NAMES`). */
	readonly decidedBy: string;
	readonly explanation: Explanation;
	/** As short as the evidence shows it. */
	readonly walletPrefix?: string;
	readonly outcome?: PoolOutcome;
	readonly packets?: PacketList;
}

/**
 * One flow that shape judged and found ordinary: it counts against the incident of its host and server, if there is one.
 * Plain and cloneable.
 */
export interface Dissent {
	/** End of the flow, microseconds since the epoch. */
	readonly at: number;
	readonly input: string;
	readonly domain?: string;
	/** The end that would be the miner, and its server. */
	readonly client: Endpoint;
	readonly server: Endpoint;
	/** The forest's probability, or an upper bound of it. */
	readonly probability: number;
}
