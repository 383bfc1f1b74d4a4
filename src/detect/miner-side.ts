import { isIPv4 } from "../flow/address.ts";
import type { FlowColumns, ListColumn } from "../flow/flow-columns.ts";
import type { EndpointEvidence } from "./endpoint.ts";
import type { Detector } from "./judge.ts";
import type { PayloadFinding } from "./payload.ts";

/** Which end of a flow mines. */
export type MinerSide = "source" | "destination";

/** What is known of the ends, best first; absent where nothing is. */
export interface EndHints {
	/** Which end sent a message that only miners (or, turned round, only pools) send. */
	readonly protocolMinerIsSource?: boolean;
	/** Whether the flow's server name speaks of mining: then the server is the pool. */
	readonly poolIsNamed: boolean;
	/** Which end is on a pool list. */
	readonly listedIsSource?: boolean;
	readonly internal?: ((addresses: Uint8Array, offset: number) => boolean) | undefined;
}

/** Which end of flow i mines, given what payload and endpoint say. */
export function minerSideOf(
	flows: FlowColumns,
	i: number,
	detector: Detector,
	payload: PayloadFinding | undefined,
	endpoint: EndpointEvidence | undefined,
): MinerSide {
	return minerSideBy(flows, i, {
		...(payload && { protocolMinerIsSource: payload.miner === "source" }),
		poolIsNamed: endpoint?.speaksOfMining === true,
		...(endpoint?.listedIsSource !== undefined && { listedIsSource: endpoint.listedIsSource }),
		internal: detector.options.internal,
	});
}

/**
 * The rule. The sender of the first packet tells nothing: the pool is the source of a flow that begins in mid-connection.
 * In this order: the role in the mining protocol; the server that the TLS client named, or the end on the pool list, is
 * the pool; the end in our own networks mines; the server by its port is the pool.
 */
export function minerSideBy(flows: FlowColumns, i: number, hints: EndHints): MinerSide {
	return minerIsSource(flows, i, hints) ? "source" : "destination";
}

function minerIsSource(flows: FlowColumns, i: number, hints: EndHints): boolean {
	const { protocolMinerIsSource, poolIsNamed, listedIsSource, internal } = hints;
	if (protocolMinerIsSource !== undefined) return protocolMinerIsSource;
	if (poolIsNamed) return tlsClientIsSource(flows, i) ?? clientIsSourceByPort(flows, i);
	if (listedIsSource !== undefined) return !listedIsSource;
	const sourceIsOurs = internal?.(flows.addresses, i * 32);
	const destinationIsOurs = internal?.(flows.addresses, i * 32 + 16);
	if (sourceIsOurs !== destinationIsOurs) return sourceIsOurs === true;
	return tlsClientIsSource(flows, i) ?? clientIsSourceByPort(flows, i);
}

/** Ports below this are a system's services (RFC 6335, 6). */
const FIRST_USER_PORT = 1024;

/** Ports that pools are known for: those of the aggregator that belongs to the original, and others that recur in public lists of pools. */
const POOL_PORTS = new Set([
	...[3333, 4444, 5555, 7777, 12433, 14433, 14444, 17777, 20005, 20128, 20535],
	...[8888, 9000, 9999, 10128, 10300, 10343, 15555],
]);

/** Who sent the ClientHello, where a direction's first payload begins with one; undefined where neither does. */
function tlsClientIsSource(flows: FlowColumns, i: number): boolean | undefined {
	if (beginsWithClientHello(flows.payload, i)) return true;
	if (beginsWithClientHello(flows.payloadReverse, i)) return false;
	return undefined;
}

/** A TLS record of handshake type, and in it the message ClientHello (RFC 8446, 4 and 5.1). */
function beginsWithClientHello({ values, offsets }: ListColumn<Uint8Array>, i: number): boolean {
	const begin = offsets[i]!;
	return offsets[i + 1]! - begin >= 6 && values[begin] === 22 && values[begin + 1] === 3 && values[begin + 5] === 1;
}

function clientIsSourceByPort(flows: FlowColumns, i: number): boolean {
	const source = flows.sourcePort[i]!;
	const destination = flows.destinationPort[i]!;
	const sourceIsService = isServicePort(source);
	if (sourceIsService !== isServicePort(destination)) return !sourceIsService;
	if (source !== destination) return source > destination;
	// If both ends use one port, the end in a private network is the client; otherwise the first sender.
	const sourceIsPrivate = isPrivate(flows.addresses, i * 32);
	return sourceIsPrivate === isPrivate(flows.addresses, i * 32 + 16) || sourceIsPrivate;
}

function isServicePort(port: number): boolean {
	return port < FIRST_USER_PORT || POOL_PORTS.has(port);
}

/** RFC 1918, and unique local addresses (RFC 4193). */
function isPrivate(addresses: Uint8Array, offset: number): boolean {
	if (!isIPv4(addresses, offset)) return (addresses[offset]! & 0xfe) === 0xfc;
	const first = addresses[offset + 8]!;
	const second = addresses[offset + 9]!;
	return first === 10 || (first === 172 && second >> 4 === 1) || (first === 192 && second === 168);
}
