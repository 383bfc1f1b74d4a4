import type { PoolOutcome } from "../mining/recognition.ts";
import type { Evidence } from "./evidence.ts";

/** The explanation of one decided flow; built on demand for reported flows. */
export interface Explanation {
	/** One entry per signal, in the order payload, server name, shape, combination, cache. */
	readonly evidence: readonly Evidence[];
	/** The recognised protocol, coin and software, from the payload, the server name or a pool list. */
	readonly miningProtocol?: string;
	readonly coin?: string;
	readonly software?: string;
	/** The pool's name, from the server name or a pool list. */
	readonly pool?: string;
	/** A prefix of the wallet, as short as in the payload evidence. */
	readonly walletPrefix?: string;
	/** Whether the pool served the miner, as far as the flow's payload shows. */
	readonly outcome?: PoolOutcome;
	/** The forest's probability, if it could judge the flow. */
	readonly probability?: number;
	/** The pignistic probability after combination, if masses were combined. */
	readonly score?: number;
	/** Whether the flow's source is the miner; meaningless for a flow that is not mining. */
	readonly minerIsSource: boolean;
}
