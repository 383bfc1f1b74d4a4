import type { FlowColumns } from "../flow/flow-columns.ts";
import type { Detector } from "./detector.ts";
import { judgeEndpoint, serverNameColumn } from "./endpoint.ts";
import { judgePayload, minerSpokeForward } from "./first-payload.ts";
import { minerIsSource } from "./miner-end.ts";

/** Whether flow i's source is the end that mines: what `explain` says of it, at a fraction of the cost. */
export function sourceMines(flows: FlowColumns, i: number, detector: Detector): boolean {
	const payload = judgePayload(flows, i);
	const endpoint = judgeEndpoint(flows, i, serverNameColumn(flows, i), detector.options.pools);
	return minerIsSource(flows, i, {
		...(payload && { protocolMinerIsSource: minerSpokeForward(payload) }),
		poolIsNamed: endpoint?.speaksOfMining === true,
		...(endpoint?.listedIsSource !== undefined && { listedIsSource: endpoint.listedIsSource }),
		internal: detector.options.internal,
	});
}
