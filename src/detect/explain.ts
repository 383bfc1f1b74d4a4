import { addressText } from "../flow/address.ts";
import { textAt } from "../flow/flow.ts";
import type { FlowColumns } from "../flow/flow-columns.ts";
import { ethashCoin } from "../mining/ethash-coin.ts";
import { explainAsOriginal } from "./compat/explain-as-original.ts";
import { combine, type Mass, pignistic, supportMass, VACUOUS } from "./dempster-shafer.ts";
import type { Detector } from "./detector.ts";
import { type EndpointEvidence, judgeEndpoint, POOL_LIST_MASS, serverNameColumn } from "./endpoint.ts";
import type { CombinationEvidence, ConversationEvidence, Evidence, ShapeEvidence } from "./evidence.ts";
import { explainPayload } from "./explain-payload.ts";
import { explainShape } from "./explain-shape.ts";
import type { Explanation } from "./explanation.ts";
import { forestMass } from "./judge-block.ts";
import { findMiningPayload } from "./payload.ts";
import { REASON, type Verdicts } from "./verdicts.ts";
import { sourceMinesBy } from "./who-mines.ts";

/**
 * Why flow i of the batch was decided as it was: every signal is asked again, this time in full, also those that were
 * not needed any more for the decision. `verdicts` must be those of this batch. For flows that are reported; it allocates.
 */
export function explain(flows: FlowColumns, i: number, verdicts: Verdicts, detector: Detector): Explanation {
	if (detector.options.compat !== undefined) return explainAsOriginal(flows, i, verdicts, detector);
	const payload = findMiningPayload(flows, i);
	const name = serverNameColumn(flows, i);
	const endpoint = judgeEndpoint(flows, i, name, detector.options.pools);
	const evidence: Evidence[] = [];
	if (payload) evidence.push(explainPayload(payload));
	if (endpoint?.name && name) evidence.push(nameEvidence(endpoint.name, textAt(name, i)));
	if (endpoint?.listed) evidence.push(listEvidence(flows, i, endpoint, detector));
	const shape = explainShape(flows, i, detector);
	if (shape) evidence.push(shape);
	const conversation = conversationEvidence(i, verdicts);
	if (conversation) evidence.push(conversation);
	const combination = combinationEvidence(detector, endpoint, shape, conversation, verdicts.earlier?.named[i] === 1);
	if (combination) evidence.push(combination);
	const isCached = verdicts.reasons[i] === REASON.CACHE;
	if (isCached) {
		evidence.push({ signal: "cache", decided: verdicts.decidedAt[i]!, pignistic: verdicts.scores[i]! });
	}
	const score = isCached ? verdicts.scores[i]! : combination?.pignistic;
	const told = payload?.coin ?? endpoint?.name?.coin ?? endpoint?.listed?.coin;
	const coin = told ?? (payload && ethashCoin(payload.protocol, flows.timeFirst[i]!));
	const pool = endpoint?.name?.pool ?? endpoint?.listed?.pool;
	return {
		evidence,
		...(payload && { miningProtocol: payload.protocol }),
		...(coin !== undefined && { coin }),
		...(payload?.software !== undefined && { software: payload.software }),
		...(pool !== undefined && { pool }),
		...(shape && { probability: shape.probability }),
		...(score !== undefined && { score }),
		minerIsSource: sourceMinesBy(flows, i, detector, payload, endpoint),
	};
}

function nameEvidence({ words, mass, other }: NonNullable<EndpointEvidence["name"]>, name: string): Evidence {
	return { signal: "server-name", name, words, mass, ...(other > 0 && { other }) };
}

function listEvidence(flows: FlowColumns, i: number, endpoint: EndpointEvidence, detector: Detector): Evidence {
	const { pool, coin } = endpoint.listed!;
	const isSource = endpoint.listedIsSource === true;
	return {
		signal: "pool-list",
		address: addressText(flows.addresses, isSource ? i * 32 : i * 32 + 16),
		port: isSource ? flows.sourcePort[i]! : flows.destinationPort[i]!,
		...(pool !== undefined && { pool }),
		...(coin !== undefined && { coin }),
		mass: POOL_LIST_MASS,
		decides: detector.options.poolsDecide === true,
	};
}

function conversationEvidence(i: number, { earlier }: Verdicts): ConversationEvidence | undefined {
	if (earlier === undefined || earlier.flows[i] === 0) return undefined;
	return { signal: "conversation", flows: earlier.flows[i]!, miner: earlier.miner[i]!, other: earlier.other[i]! };
}

/** The masses that met, where more than the forest spoke: of one alone there is nothing to combine but its own discount. */
function combinationEvidence(
	detector: Detector,
	endpoint: EndpointEvidence | undefined,
	shape: ShapeEvidence | undefined,
	conversation: ConversationEvidence | undefined,
	wasNamed: boolean,
): CombinationEvidence | undefined {
	const masses: (Mass & { of: CombinationEvidence["masses"][number]["of"] })[] = [];
	if (conversation) masses.push({ of: "conversation", ...supportMass(conversation.miner, conversation.other) });
	if (endpoint?.name) masses.push({ of: "server-name", ...supportMass(endpoint.name.mass, endpoint.name.other) });
	if (endpoint?.listed) masses.push({ of: "pool-list", ...supportMass(POOL_LIST_MASS) });
	if (masses.length === 0) return undefined;
	if (shape) masses.push({ of: "shape", ...forestMass(shape.probability, detector) });
	const isNamed = wasNamed || endpoint?.speaksOfMining === true;
	return {
		signal: "combination",
		masses,
		pignistic: pignistic(masses.reduce<Mass>(combine, VACUOUS)),
		threshold: isNamed ? detector.thresholds.dst : detector.mlScore,
	};
}
