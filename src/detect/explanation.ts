import type { PoolOutcome } from "../mining/recognition.ts";
import type { Evidence } from "./evidence.ts";

/** All that can be said of one decided flow; made on demand, for flows that are reported. */
export interface Explanation {
	/** One entry a signal, in the order payload, server name, shape, combination, cache. */
	readonly evidence: readonly Evidence[];
	/** The recognised protocol, coin and software, where the traffic, the server name or a pool list tells. */
	readonly miningProtocol?: string;
	readonly coin?: string;
	readonly software?: string;
	/** The pool's name, from the server name or a pool list. */
	readonly pool?: string;
	/** The beginning of the wallet, as short as the payload shows it. */
	readonly walletPrefix?: string;
	/** Whether the pool served the miner, as far as the flow's payload shows. */
	readonly outcome?: PoolOutcome;
	/** The forest's probability, where it could judge. */
	readonly probability?: number;
	/** The pignistic probability after combination, where masses were combined. */
	readonly score?: number;
	/** Whether the flow's source is the end that mines; meaningless for a flow that is no miner. */
	readonly minerIsSource: boolean;
}
