import { addressText } from "../flow/address.ts";
import type { TextExtra } from "../flow/columns-schema.ts";
import type { Flow } from "../flow/flow.ts";
import { TEXT_EXTRA_FIELDS, VLAN_FIELD } from "./flow-fields.ts";
import type { Template } from "./template.ts";

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });
const BYTES: ReadonlySet<TextExtra> = new Set(["longPayload", "longPayloadReverse"]);

/**
 * One record as a flow, field by field: what `FlowDecoder` must agree with, and a description of the format. Undefined
 * where the record is too short or one of the flow's fields lies outside.
 */
export function plainFlow(template: Template, record: Uint8Array): Flow | undefined {
	if (record.length < template.fixedLength) return undefined;
	const view = new DataView(record.buffer, record.byteOffset, record.byteLength);
	let outside = false;
	const has = (name: string): boolean => template.byName.has(name);
	const at = (name: string): number => template.byName.get(name)!.offset;
	const bytes = (name: string): Uint8Array => {
		const begin = template.fixedLength + view.getUint16(at(name), true);
		const length = view.getUint16(at(name) + 2, true);
		if (length === 0) return new Uint8Array(0);
		if (begin + length > record.length) outside = true;
		return record.slice(begin, begin + length);
	};
	const list = (name: string, size: number, get: (part: DataView, at: number) => number): number[] => {
		const part = bytes(name);
		const partView = new DataView(part.buffer);
		return Array.from({ length: Math.floor(part.length / size) }, (_, i) => get(partView, i * size));
	};
	const extras = TEXT_EXTRA_FIELDS.filter(([, { name }]) => has(name)).map(([extra, { name }]) => {
		const value = bytes(name);
		if (extra === "ja3" && template.byName.get(name)!.type !== "string") return [extra, ja3Text(value)];
		return [extra, BYTES.has(extra) ? value : utf8.decode(value)];
	});
	const flow: Flow = {
		sourceAddress: addressText(record, at("SRC_IP")),
		destinationAddress: addressText(record, at("DST_IP")),
		sourcePort: view.getUint16(at("SRC_PORT"), true),
		destinationPort: view.getUint16(at("DST_PORT"), true),
		protocol: record[at("PROTOCOL")]!,
		bytes: Number(view.getBigUint64(at("BYTES"), true)),
		bytesReverse: Number(view.getBigUint64(at("BYTES_REV"), true)),
		packets: view.getUint32(at("PACKETS"), true),
		packetsReverse: view.getUint32(at("PACKETS_REV"), true),
		tcpFlags: has("TCP_FLAGS") ? record[at("TCP_FLAGS")]! : 0,
		tcpFlagsReverse: has("TCP_FLAGS_REV") ? record[at("TCP_FLAGS_REV")]! : 0,
		timeFirst: microseconds(view, at("TIME_FIRST")),
		timeLast: microseconds(view, at("TIME_LAST")),
		packetLengths: list("PPI_PKT_LENGTHS", 2, (part, at) => part.getUint16(at, true)),
		packetDirections: list("PPI_PKT_DIRECTIONS", 1, (part, at) => part.getInt8(at)),
		packetFlags: list("PPI_PKT_FLAGS", 1, (part, at) => part.getUint8(at)),
		packetTimes: list("PPI_PKT_TIMES", 8, microseconds),
		payload: bytes("IDP_CONTENT"),
		payloadReverse: bytes("IDP_CONTENT_REV"),
		serverName: utf8.decode(bytes("TLS_SNI")),
		...Object.fromEntries(extras),
		...(has(VLAN_FIELD.name) && { vlan: view.getUint16(at(VLAN_FIELD.name), true) }),
	};
	return outside ? undefined : flow;
}

/** In the integers that the reference computes with: nanoseconds rounded up, then microseconds cut. */
function microseconds(view: DataView, at: number): number {
	const nanoseconds = (BigInt(view.getUint32(at, true)) * 1_000_000_000n + 0xffffffffn) >> 32n;
	return Number(BigInt(view.getUint32(at + 4, true)) * 1_000_000n + nanoseconds / 1000n);
}

/** Sent raw, a JA3 is the 16 bytes of an MD5. */
function ja3Text(digest: Uint8Array): string {
	return digest.length === 16 ? Buffer.from(digest).toString("hex") : "";
}
