import type { Explanation } from "../detect/explanation.ts";
import { REASON, REASON_NAMES } from "../detect/verdicts.ts";
import { addressText } from "../flow/address.ts";
import { textAt } from "../flow/flow.ts";
import { FLOW_PART, type FlowColumns } from "../flow/flow-columns.ts";
import { timestamp } from "./timestamp.ts";
import type { DecidedBatch } from "./verdict-sink.ts";

/** One reported flow in NDJSON, with keys in this order; absent values are omitted (docs/output.md). */
export interface ReportRecord {
	/** Position of the flow in its input, from 0. */
	readonly index: number;
	readonly input: string;
	/** RFC 3339 with microseconds, UTC. */
	readonly time_first: string;
	readonly time_last: string;
	readonly src_ip: string;
	readonly src_port: number;
	readonly dst_ip: string;
	readonly dst_port: number;
	/** IP protocol number. */
	readonly protocol: number;
	readonly bytes: number;
	readonly bytes_rev: number;
	readonly packets: number;
	readonly packets_rev: number;
	/** Equal for all records of one connection; only for live captures. */
	readonly flow_id?: string;
	/** `early`: the flow continues, and is reported again with the same `flow_id` when it ends. */
	readonly part?: "early" | "whole";
	readonly tls_sni?: string;
	readonly miner: boolean;
	/** `stratum`, `dst`, `ml` or `cache`; absent if the flow is not mining. */
	readonly reason?: string;
	readonly miner_ip?: string;
	readonly pool_ip?: string;
	readonly mining_protocol?: string;
	readonly coin?: string;
	readonly software?: string;
	readonly probability?: number;
	readonly score?: number;
	readonly evidence?: Explanation["evidence"];
}

/** The columns of CSV in addition to {@link CSV_KEYS} if flows may be reported early. */
export const CSV_PART_KEYS = ["flow_id", "part"] as const satisfies readonly (keyof ReportRecord)[];

/** The keys that are columns of CSV: all but `evidence`, which is a tree. */
export const CSV_KEYS = [
	"index",
	"input",
	"time_first",
	"time_last",
	"src_ip",
	"src_port",
	"dst_ip",
	"dst_port",
	"protocol",
	"bytes",
	"bytes_rev",
	"packets",
	"packets_rev",
	"tls_sni",
	"miner",
	"reason",
	"miner_ip",
	"pool_ip",
	"mining_protocol",
	"coin",
	"software",
	"probability",
	"score",
] as const satisfies readonly (keyof ReportRecord)[];

/** The report of flow i of the batch. */
export function reportRecord(batch: DecidedBatch, i: number): ReportRecord {
	const { input, flows, verdicts } = batch;
	const explanation = batch.explain(i);
	const reason = verdicts.reasons[i]!;
	const miner = reason !== REASON.NONE;
	const source = addressText(flows.addresses, i * 32);
	const destination = addressText(flows.addresses, i * 32 + 16);
	const serverName =
		textAt(flows.serverName, i) || (flows.extras.quicServerName && textAt(flows.extras.quicServerName, i));
	const { probability, score, minerIsSource } = explanation;
	return {
		index: batch.indexOf(i),
		input,
		time_first: timestamp(flows.timeFirst[i]!),
		time_last: timestamp(flows.timeLast[i]!),
		src_ip: source,
		src_port: flows.sourcePort[i]!,
		dst_ip: destination,
		dst_port: flows.destinationPort[i]!,
		protocol: flows.protocol[i]!,
		bytes: flows.bytes[i]!,
		bytes_rev: flows.bytesReverse[i]!,
		packets: flows.packets[i]!,
		packets_rev: flows.packetsReverse[i]!,
		...partOf(flows, i),
		...(serverName && { tls_sni: serverName }),
		miner,
		...(miner && { reason: REASON_NAMES[reason]! }),
		...(miner && { miner_ip: minerIsSource ? source : destination, pool_ip: minerIsSource ? destination : source }),
		...(explanation.miningProtocol && { mining_protocol: explanation.miningProtocol }),
		...(explanation.coin && { coin: explanation.coin }),
		...(explanation.software && { software: explanation.software }),
		...(probability !== undefined && { probability }),
		...(score !== undefined && { score }),
		...(explanation.evidence.length > 0 && { evidence: explanation.evidence }),
	};
}

function partOf({ extras }: FlowColumns, i: number): Pick<ReportRecord, "flow_id" | "part"> {
	const { flowId, part } = extras;
	if (flowId === undefined || part === undefined) return {};
	return { flow_id: String(flowId[i]!), part: part[i] === FLOW_PART.EARLY ? "early" : "whole" };
}
