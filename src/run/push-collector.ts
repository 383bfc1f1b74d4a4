import type { Detector } from "../detect/detector.ts";
import type { Explanation } from "../detect/explanation.ts";
import { minerSideBy } from "../detect/miner-side.ts";
import { REASON, type Verdicts } from "../detect/verdicts.ts";
import { ADDRESS_LENGTH, addressText } from "../flow/address.ts";
import { type FlowColumns, isEarly, listAt } from "../flow/flow-columns.ts";
import type { PushRecord } from "../incident/block-times/push-record.ts";
import { listedPushes, type Observation } from "./listed-pushes.ts";

/** Records of one batch; the rest is counted. */
const MOST_RECORDS = 4096;
/** Flows of one batch whose shape is asked: each asks every tree. */
const MOST_SHAPES = 128;
/** With fewer pushes, shape is not asked. */
const FEWEST_PUSHES = 2;
/** The most pushes that the meter keeps per connection: at this number, older ones are missing. */
const RING = 64;
const LONGEST_NAME = 255;
const TCP = 6;

export interface PushCounters {
	/** Flows beyond {@link MOST_RECORDS} of one batch. */
	skipped: number;
}

/** Finds the flows in which a server sent data unasked: in the column of push times where there is one, else in the packet lists. */
export class PushCollector {
	readonly counters: PushCounters = { skipped: 0 };

	collect(
		input: string,
		flows: FlowColumns,
		verdicts: Verdicts,
		{ options }: Detector,
		explain: (i: number) => Explanation,
	): PushRecord[] {
		const records: PushRecord[] = [];
		let shapes = MOST_SHAPES;
		for (let i = 0; i < flows.length; i++) {
			if (verdicts.skipped[i] === 1 || !mayHavePushes(flows, i)) continue;
			const isReported = verdicts.reasons[i] !== REASON.NONE;
			const clientIsSource = isReported
				? explain(i).minerIsSource
				: minerSideBy(flows, i, { poolIsNamed: false, internal: options.internal }) === "source";
			const observed = observedPushes(flows, i, clientIsSource);
			if (observed.pushes.length === 0) continue;
			if (records.length === MOST_RECORDS) {
				this.counters.skipped++;
				continue;
			}
			const asksShape =
				!isReported && observed.pushes.length >= FEWEST_PUSHES && verdicts.decidedBy[i] === REASON.ML && shapes-- > 0;
			const explanation = isReported || asksShape ? explain(i) : undefined;
			records.push(recordOf({ input, flows, i, clientIsSource, observed, isReported, explanation }));
		}
		return records;
	}
}

/** Cheap: most flows of most networks fail here. */
function mayHavePushes({ extras, packetTimes, protocol }: FlowColumns, i: number): boolean {
	const { offsets } = extras.pushTimes ?? packetTimes;
	return protocol[i] === TCP && offsets[i + 1]! > offsets[i]!;
}

function observedPushes(flows: FlowColumns, i: number, clientIsSource: boolean): Observation {
	const column = flows.extras.pushTimes;
	if (column === undefined) return listedPushes(flows, i, clientIsSource);
	const pushes = listAt(column, i).slice();
	const end = flows.timeLast[i]!;
	// The ring keeps the pushes of earlier records of the connection; a full one has lost older pushes.
	const begin = Math.min(flows.timeFirst[i]!, pushes[0] ?? Infinity);
	return { begin: pushes.length >= RING ? pushes[0]! : begin, end, pushes };
}

interface Found {
	readonly input: string;
	readonly flows: FlowColumns;
	readonly i: number;
	readonly clientIsSource: boolean;
	readonly observed: Observation;
	readonly isReported: boolean;
	readonly explanation: Explanation | undefined;
}

function recordOf({ input, flows, i, clientIsSource, observed, isReported, explanation }: Found): PushRecord {
	const source = { address: addressText(flows.addresses, i * 32), port: flows.sourcePort[i]! };
	const destination = {
		address: addressText(flows.addresses, i * 32 + ADDRESS_LENGTH),
		port: flows.destinationPort[i]!,
	};
	const vlan = flows.extras.vlan?.[i];
	const serverName = serverNameOf(flows, i);
	const counts = isEarly(flows, i) ? 0 : 1;
	const speaksMining = isReported && explanation !== undefined && hasPayload(explanation);
	return {
		...observed,
		input,
		...(vlan !== undefined && vlan !== 0 && { domain: `vlan ${vlan}` }),
		client: clientIsSource ? source : destination,
		server: clientIsSource ? destination : source,
		protocol: flows.protocol[i]!,
		...(serverName !== undefined && { serverName }),
		bytesToServer: counts * (clientIsSource ? flows.bytes : flows.bytesReverse)[i]!,
		bytesToClient: counts * (clientIsSource ? flows.bytesReverse : flows.bytes)[i]!,
		packetsToServer: counts * (clientIsSource ? flows.packets : flows.packetsReverse)[i]!,
		packetsToClient: counts * (clientIsSource ? flows.packetsReverse : flows.packets)[i]!,
		verdict: speaksMining ? "payload" : isReported ? "reported" : "other",
		...(speaksMining && explanation?.coin !== undefined && { coin: explanation.coin }),
		...(explanation?.probability !== undefined && { probability: explanation.probability }),
	};
}

function hasPayload({ evidence }: Explanation): boolean {
	return evidence.some(({ signal }) => signal === "payload");
}

const utf8 = new TextDecoder();

function serverNameOf(flows: FlowColumns, i: number): string | undefined {
	const name = listAt(flows.serverName, i);
	return name.length === 0 ? undefined : utf8.decode(name.subarray(0, LONGEST_NAME)).toLowerCase();
}
