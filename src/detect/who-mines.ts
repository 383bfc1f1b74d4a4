import type { FlowColumns } from "../flow/flow-columns.ts";
import type { Detector } from "./detector.ts";
import { type EndpointEvidence, judgeEndpoint, serverNameColumn } from "./endpoint.ts";
import { minerIsSource } from "./miner-end.ts";
import { findMiningPayload, type PayloadFinding } from "./payload.ts";

/** Whether flow i's source is the end that mines: what `explain` says of it, at a fraction of the cost. */
export function sourceMines(flows: FlowColumns, i: number, detector: Detector): boolean {
	const payload = findMiningPayload(flows, i);
	const endpoint = judgeEndpoint(flows, i, serverNameColumn(flows, i), detector.options.pools);
	return sourceMinesBy(flows, i, detector, payload, endpoint);
}

/** The same for one who has asked the signals already. */
export function sourceMinesBy(
	flows: FlowColumns,
	i: number,
	detector: Detector,
	payload: PayloadFinding | undefined,
	endpoint: EndpointEvidence | undefined,
): boolean {
	return minerIsSource(flows, i, {
		...(payload && { protocolMinerIsSource: payload.miner === "source" }),
		poolIsNamed: endpoint?.speaksOfMining === true,
		...(endpoint?.listedIsSource !== undefined && { listedIsSource: endpoint.listedIsSource }),
		internal: detector.options.internal,
	});
}
