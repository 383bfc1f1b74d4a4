import { addressBytes } from "../../flow/address.ts";
import { parseTemplate } from "../../nemea/index.ts";

/** The output template of the original's aggregator, word for word: it travels in the hello. */
export const ALERT_TEMPLATE = parseTemplate(
	"ipaddr DST_IP,ipaddr SRC_IP,uint16 SRC_PORT,uint16 DST_PORT,uint64 FLOWS_TOTAL,uint64 BYTES_TOTAL," +
		"uint64 PACKETS_TOTAL,time EVENT_TIME,time CEASE_TIME,time DETECT_TIME,string DETECTION_SOURCE," +
		"time WIN_START_TIME,time WIN_END_TIME,uint32 STRATUM,uint32 DST,uint32 ML,uint8 ROTATED,string TLS_SNI",
);

/**
 * One alert of the aggregator. Times are UniRec's 64-bit integers (seconds in the upper half, 1/2^32 s in the lower),
 * so that what came in leaves bit for bit. Addresses are UniRec's 16 bytes.
 */
export interface AlertRecord {
	readonly source: Uint8Array;
	readonly destination: Uint8Array;
	readonly sourcePort: number;
	readonly destinationPort: number;
	readonly flows: bigint;
	readonly bytes: bigint;
	readonly packets: bigint;
	readonly eventTime: bigint;
	readonly ceaseTime: bigint;
	readonly detectTime: bigint;
	readonly windowStart: bigint;
	readonly windowEnd: bigint;
	readonly stratum: number;
	readonly dst: number;
	readonly ml: number;
	readonly rotated: boolean;
	readonly serverName: Uint8Array;
}

/** Strings of a record share 16-bit offsets; a name of this length always fits. */
const NAME_MAX = 60_000;

/** The record's bytes. Strings follow in the order of their slots: DETECTION_SOURCE, TLS_SNI. */
export function encodeAlert(alert: AlertRecord): Uint8Array {
	const { fixedLength, byName } = ALERT_TEMPLATE;
	const source = Buffer.from(detectionSource(alert));
	const name = alert.serverName.subarray(0, NAME_MAX);
	const bytes = new Uint8Array(fixedLength + source.length + name.length);
	const view = new DataView(bytes.buffer);
	const at = (field: string): number => byName.get(field)!.offset;
	bytes.set(alert.source, at("SRC_IP"));
	bytes.set(alert.destination, at("DST_IP"));
	view.setUint16(at("SRC_PORT"), alert.sourcePort, true);
	view.setUint16(at("DST_PORT"), alert.destinationPort, true);
	view.setBigUint64(at("FLOWS_TOTAL"), alert.flows, true);
	view.setBigUint64(at("BYTES_TOTAL"), alert.bytes, true);
	view.setBigUint64(at("PACKETS_TOTAL"), alert.packets, true);
	view.setBigUint64(at("EVENT_TIME"), alert.eventTime, true);
	view.setBigUint64(at("CEASE_TIME"), alert.ceaseTime, true);
	view.setBigUint64(at("DETECT_TIME"), alert.detectTime, true);
	view.setBigUint64(at("WIN_START_TIME"), alert.windowStart, true);
	view.setBigUint64(at("WIN_END_TIME"), alert.windowEnd, true);
	view.setUint32(at("STRATUM"), alert.stratum, true);
	view.setUint32(at("DST"), alert.dst, true);
	view.setUint32(at("ML"), alert.ml, true);
	view.setUint8(at("ROTATED"), alert.rotated ? 1 : 0);
	let offset = 0;
	for (const [field, text] of [
		["DETECTION_SOURCE", source],
		["TLS_SNI", name],
	] as const) {
		view.setUint16(at(field), offset, true);
		view.setUint16(at(field) + 2, text.length, true);
		bytes.set(text, fixedLength + offset);
		offset += text.length;
	}
	return bytes;
}

/** Reads a record of the template back. Throws a `RangeError` if it is too short or a string lies outside. */
export function decodeAlert(bytes: Uint8Array): AlertRecord {
	const { byName } = ALERT_TEMPLATE;
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	const at = (field: string): number => byName.get(field)!.offset;
	const time = (field: string): bigint => view.getBigUint64(at(field), true);
	return {
		source: bytes.slice(at("SRC_IP"), at("SRC_IP") + 16),
		destination: bytes.slice(at("DST_IP"), at("DST_IP") + 16),
		sourcePort: view.getUint16(at("SRC_PORT"), true),
		destinationPort: view.getUint16(at("DST_PORT"), true),
		flows: view.getBigUint64(at("FLOWS_TOTAL"), true),
		bytes: view.getBigUint64(at("BYTES_TOTAL"), true),
		packets: view.getBigUint64(at("PACKETS_TOTAL"), true),
		eventTime: time("EVENT_TIME"),
		ceaseTime: time("CEASE_TIME"),
		detectTime: time("DETECT_TIME"),
		windowStart: time("WIN_START_TIME"),
		windowEnd: time("WIN_END_TIME"),
		stratum: view.getUint32(at("STRATUM"), true),
		dst: view.getUint32(at("DST"), true),
		ml: view.getUint32(at("ML"), true),
		rotated: view.getUint8(at("ROTATED")) === 1,
		serverName: dynamicPart(view, at("TLS_SNI")),
	};
}

function dynamicPart(view: DataView, slot: number): Uint8Array {
	const begin = view.byteOffset + ALERT_TEMPLATE.fixedLength + view.getUint16(slot, true);
	const length = view.getUint16(slot + 2, true);
	if (length > 0 && begin + length > view.byteOffset + view.byteLength) throw new RangeError("a field lies outside");
	return new Uint8Array(view.buffer.slice(begin, begin + length) as ArrayBuffer);
}

/** DETECTION_SOURCE: which kinds of evidence the alert rests on. */
export function detectionSource({ stratum, dst, ml }: Pick<AlertRecord, "stratum" | "dst" | "ml">): string {
	if (stratum > 0 && dst === 0 && ml === 0) return "STRATUM";
	if (dst > 0) return ml > 0 ? "DST and ML" : "DST";
	return "ML";
}

/** UniRec's 16 bytes of an address; zeros for a text that is no address. */
export function unirecAddress(text: string): Uint8Array {
	return addressBytes(text) ?? new Uint8Array(16);
}

const SECOND = 1_000_000n;

/** UniRec's time of whole microseconds since the epoch; the fraction is rounded as the reference library does it. */
export function unirecTime(microseconds: number): bigint {
	const whole = BigInt(Math.max(0, Math.floor(microseconds)));
	// Nanoseconds in 1/2^32 s: the factor of libunirec, 2^32 / 10^9 in fixed point.
	const fraction = ((whole % SECOND) * 1000n * 0x4_4b82_fa0an) >> 32n;
	return ((whole / SECOND) << 32n) | fraction;
}

/** Whole microseconds since the epoch. */
export function unirecMicroseconds(time: bigint): number {
	const nanoseconds = ((time & 0xffff_ffffn) * 1_000_000_000n + 0xffff_ffffn) >> 32n;
	return Number((time >> 32n) * SECOND + nanoseconds / 1000n);
}
