import type { Explanation } from "../detect/explanation.ts";
import { REASON_NAMES, type Verdicts } from "../detect/verdicts.ts";
import { addressText } from "../flow/address.ts";
import { FLOW_PART, type FlowColumns, type ListColumn, listAt } from "../flow/flow-columns.ts";
import type { Dissent, Endpoint, PacketList, Sighting } from "./sighting.ts";

/** A decided batch: what a pipeline gives out. */
export interface SightedBatch {
	readonly input: string;
	readonly flows: FlowColumns;
	readonly verdicts: Verdicts;
	explain(i: number): Explanation;
}

/** The longest DNS name as text (RFC 1035, 2.3.4), in bytes. */
const LONGEST_NAME = 255;
const MOST_PACKETS = 30;
/** Texts of an explanation that quote the network, in characters: more than the recogniser ever writes. */
const LONGEST_TEXT = 512;

/** Reported flow i taken out of its batch. `domain`: the observation point, where the caller knows it. Everything is copied; text from the network is bounded. */
export function sightingOf(batch: SightedBatch, i: number, domain?: string): Sighting {
	const { flows, verdicts, input } = batch;
	const explanation = boundedTexts(batch.explain(i));
	const { minerIsSource, walletPrefix, outcome } = explanation;
	const [source, destination] = endsOf(flows, i);
	const serverName = serverNameOf(flows, i);
	const { flowId, part } = flows.extras;
	const packets = packetList(flows, i, minerIsSource);
	return {
		at: flows.timeLast[i]!,
		begin: flows.timeFirst[i]!,
		input,
		...domainOf(flows, i, domain),
		miner: minerIsSource ? source : destination,
		pool: minerIsSource ? destination : source,
		protocol: flows.protocol[i]!,
		...(flowId && { flowId: String(flowId[i]!) }),
		...(part && { part: part[i] === FLOW_PART.EARLY ? ("early" as const) : ("whole" as const) }),
		bytesToPool: (minerIsSource ? flows.bytes : flows.bytesReverse)[i]!,
		bytesToMiner: (minerIsSource ? flows.bytesReverse : flows.bytes)[i]!,
		packetsToPool: (minerIsSource ? flows.packets : flows.packetsReverse)[i]!,
		packetsToMiner: (minerIsSource ? flows.packetsReverse : flows.packets)[i]!,
		...(serverName !== undefined && { serverName }),
		decidedBy: REASON_NAMES[verdicts.reasons[i]!]!,
		explanation,
		...(walletPrefix !== undefined && { walletPrefix: walletPrefix.slice(0, LONGEST_NAME) }),
		...(outcome !== undefined && { outcome }),
		...(packets && { packets }),
	};
}

/** Ordinary flow i, which shape judged with `probability`; the end with the higher port is taken for the client. */
export function dissentOf(input: string, flows: FlowColumns, i: number, probability: number, domain?: string): Dissent {
	const [source, destination] = endsOf(flows, i);
	const sourceIsServer = source.port < destination.port;
	return {
		at: flows.timeLast[i]!,
		input,
		...domainOf(flows, i, domain),
		client: sourceIsServer ? destination : source,
		server: sourceIsServer ? source : destination,
		probability,
	};
}

function endsOf(flows: FlowColumns, i: number): [source: Endpoint, destination: Endpoint] {
	return [
		{ address: addressText(flows.addresses, i * 32), port: flows.sourcePort[i]! },
		{ address: addressText(flows.addresses, i * 32 + 16), port: flows.destinationPort[i]! },
	];
}

/** What the caller knows of the observation point, else the flow's VLAN. */
function domainOf({ extras }: FlowColumns, i: number, domain: string | undefined): { readonly domain?: string } {
	if (domain !== undefined) return { domain };
	const vlan = extras.vlan?.[i];
	return vlan === undefined || vlan === 0 ? {} : { domain: `vlan ${vlan}` };
}

function serverNameOf(flows: FlowColumns, i: number): string | undefined {
	return nameIn(flows.serverName, i) ?? (flows.extras.quicServerName && nameIn(flows.extras.quicServerName, i));
}

const utf8 = new TextDecoder();

function nameIn(column: ListColumn<Uint8Array>, i: number): string | undefined {
	const bytes = listAt(column, i);
	return bytes.length === 0 ? undefined : utf8.decode(bytes.subarray(0, LONGEST_NAME));
}

function packetList(flows: FlowColumns, i: number, minerIsSource: boolean): PacketList | undefined {
	const lengths = Array.from(listAt(flows.packetLengths, i).subarray(0, MOST_PACKETS));
	if (lengths.length === 0) return undefined;
	const sign = minerIsSource ? 1 : -1;
	const directions = Array.from(listAt(flows.packetDirections, i).subarray(0, MOST_PACKETS), (each) => sign * each);
	const times = Array.from(listAt(flows.packetTimes, i).subarray(0, MOST_PACKETS));
	const flags = Array.from(listAt(flows.packetFlags, i).subarray(0, MOST_PACKETS));
	return { lengths, directions, times, ...(flags.length > 0 && { flags }) };
}

/** The explanation with every text cut to a bound, whatever the signal. */
function boundedTexts<T>(value: T): T {
	if (typeof value === "string") return value.slice(0, LONGEST_TEXT) as T;
	if (Array.isArray(value)) return value.map(boundedTexts) as T;
	if (typeof value !== "object" || value === null) return value;
	return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, boundedTexts(member)])) as T;
}
