import { addressText } from "../flow/address.ts";
import { ALERT_ATTRIBUTE } from "../flow/alert-attribute.ts";
import { textAt } from "../flow/flow.ts";
import type { FlowColumns } from "../flow/flow-columns.ts";
import { combine, type Mass, pignistic, supportMass, VACUOUS } from "./dempster-shafer.ts";
import {
	decidesAlone,
	type EndpointEvidence,
	FOREIGN_ALERT_MASS,
	judgeEndpoint,
	LISTED_NAME_MASS,
	NAME_THRESHOLD,
	POOL_LIST_MASS,
} from "./endpoint.ts";
import type { CombinationEvidence, ConversationEvidence, Evidence, ShapeEvidence } from "./evidence.ts";
import { explainPayload } from "./explain-payload.ts";
import { explainShape } from "./explain-shape.ts";
import type { Explanation } from "./explanation.ts";
import { forestMass } from "./forest-mass.ts";
import type { Detector } from "./judge.ts";
import { minerSideOf } from "./miner-side.ts";
import { findMiningPayload } from "./payload.ts";
import { OTHER_PROTOCOL_MASS, otherProtocolOf } from "./plain-protocols.ts";
import { type JudgedName, serverNameColumn } from "./server-names.ts";
import { REASON, type Verdicts } from "./verdicts.ts";

/**
 * Why flow i of the batch was decided as it was: every signal is asked again, this time in full, also those that were
 * not needed any more for the decision. `verdicts` must be those of this batch. For flows that are reported; it allocates.
 */
export function explainFlow(flows: FlowColumns, i: number, verdicts: Verdicts, detector: Detector): Explanation {
	const payload = findMiningPayload(flows, i);
	const endpoint = judgeEndpoint(flows, i, detector.options.pools);
	const evidence: Evidence[] = [];
	if (payload) evidence.push(explainPayload(payload));
	if (endpoint?.name) evidence.push(nameEvidence(flows, i, endpoint.name));
	if (endpoint?.hasForeignAlert) evidence.push(alertEvidence(flows, i));
	if (endpoint?.listed) evidence.push(listEvidence(flows, i, endpoint, detector));
	const shape = explainShape(flows, i, detector, endpoint !== undefined);
	if (shape) evidence.push(shape);
	const plain = shape && otherProtocolOf(flows, i);
	if (plain) evidence.push({ signal: "plain-protocol", protocol: plain, other: OTHER_PROTOCOL_MASS.other });
	const conversation = conversationEvidence(i, verdicts);
	if (conversation) evidence.push(conversation);
	const combination = combinationEvidence(detector, endpoint, shape, plain !== undefined);
	if (combination) evidence.push(combination);
	const isCached = verdicts.reasons[i] === REASON.CACHE;
	if (isCached) {
		evidence.push({ signal: "cache", decided: verdicts.decidedAt[i]!, pignistic: verdicts.scores[i]! });
	}
	const score = isCached ? verdicts.scores[i]! : (combination?.belief ?? combination?.pignistic);
	const coin = payload?.coin ?? endpoint?.name?.coin ?? endpoint?.listed?.coin;
	const pool = endpoint?.name?.pool ?? endpoint?.listed?.pool;
	return {
		evidence,
		...(payload && { miningProtocol: payload.protocol }),
		...(coin !== undefined && { coin }),
		...(payload?.software !== undefined && { software: payload.software }),
		...(pool !== undefined && { pool }),
		...(payload?.walletPrefix !== undefined && { walletPrefix: payload.walletPrefix }),
		...(payload?.outcome !== undefined && { outcome: payload.outcome }),
		...(shape && { probability: shape.probability }),
		...(score !== undefined && { score }),
		minerIsSource: minerSideOf(flows, i, detector, payload, endpoint) === "source",
	};
}

function nameEvidence(flows: FlowColumns, i: number, { words, mass, origin, text }: JudgedName): Evidence {
	if (origin === "dns") return { signal: "dns", name: text, words, mass };
	const handshake = serverNameColumn(flows, i);
	return { signal: "server-name", name: handshake ? textAt(handshake, i) : text, words, mass };
}

function alertEvidence({ extras }: FlowColumns, i: number): Evidence {
	const signature = textAt(extras.attributes![ALERT_ATTRIBUTE]!, i);
	return { signal: "foreign-alert", signature, mass: FOREIGN_ALERT_MASS };
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
		mass: endpoint.isListedByName ? LISTED_NAME_MASS : POOL_LIST_MASS,
		decides: detector.options.poolsDecide === true,
	};
}

function conversationEvidence(i: number, { agreement }: Verdicts): ConversationEvidence | undefined {
	if (agreement === undefined || agreement.judged[i] === 0) return undefined;
	return { signal: "conversation", judged: agreement.judged[i]!, agreeing: agreement.agreeing[i]! };
}

/** The masses combined; undefined if the forest alone spoke: there is nothing to combine it with. */
function combinationEvidence(
	detector: Detector,
	endpoint: EndpointEvidence | undefined,
	shape: ShapeEvidence | undefined,
	speaksOther: boolean,
): CombinationEvidence | undefined {
	if (endpoint === undefined && !speaksOther) return undefined;
	const masses: (Mass & { of: CombinationEvidence["masses"][number]["of"] })[] = [];
	if (endpoint?.name) {
		const of = endpoint.name.origin === "dns" ? "dns" : "server-name";
		masses.push({ of, ...supportMass(endpoint.name.mass) });
	}
	if (endpoint?.hasForeignAlert) masses.push({ of: "foreign-alert", ...supportMass(FOREIGN_ALERT_MASS) });
	if (endpoint?.listed) {
		masses.push({ of: "pool-list", ...supportMass(endpoint.isListedByName ? LISTED_NAME_MASS : POOL_LIST_MASS) });
	}
	const isAlone = endpoint !== undefined && decidesAlone(endpoint);
	if (shape && !isAlone) masses.push({ of: "shape", ...forestMass(shape.probability, detector) });
	if (speaksOther && !isAlone) masses.push({ of: "plain-protocol", ...OTHER_PROTOCOL_MASS });
	const all = masses.reduce<Mass>(combine, VACUOUS);
	// Without the forest m(miner) decides: the share of m(Θ) is no evidence. Shape cannot overrule a name that decides alone.
	const byBelief = isAlone || shape === undefined;
	const byPignistic = endpoint?.speaksOfMining ? detector.thresholds.dst : detector.mlScore;
	return {
		signal: "combination",
		masses,
		pignistic: pignistic(all),
		...(byBelief && { belief: all.miner }),
		threshold: byBelief ? NAME_THRESHOLD : byPignistic,
	};
}
