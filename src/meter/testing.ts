import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { openByteSource } from "../bytes/byte-source.ts";
import { addressText } from "../flow/address.ts";
import { type FlowColumns, type ListColumn, listAt } from "../flow/flow-columns.ts";
import { METER_FIELDS } from "../flow/unirec-fields.ts";
import { type MeterCaptureOptions, meterCapture } from "./meter-capture.ts";

/** The rows of a golden file: the 20 columns of `decrypto meter`, as text, sorted. */
export function goldenRows(path: string): string[] {
	const bytes = readFileSync(path);
	const text = (path.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("latin1");
	const rows = text.split("\n").slice(1);
	return rows
		.filter((row) => row !== "")
		.map((row) => fieldsOf(row).slice(0, METER_FIELDS.length).join(","))
		.sort();
}

/** Our meter's result for a capture in the same text, with the reference's interpretation of VLANs and lengths. */
export async function meteredRows(path: string, options: MeterCaptureOptions = {}): Promise<string[]> {
	const rows: string[] = [];
	const asReference = { vlanInKey: true, wrapsLengths: true, ...options };
	for await (const flows of meterCapture(openByteSource(path), asReference)) {
		for (let i = 0; i < flows.length; i++) rows.push(rowOf(flows, i));
	}
	return rows.sort();
}

/** Flow i in the form of NEMEA's logger, server names byte for byte as Latin-1. */
export function rowOf(flows: FlowColumns, i: number): string {
	const list = (
		column: ListColumn<Int8Array | Uint8Array | Uint16Array | Float64Array>,
		text: (value: number) => string = String,
	) => `[${Array.from(listAt(column, i), text).join("|")}]`;
	const hex = (column: ListColumn<Uint8Array>) => Buffer.from(listAt(column, i)).toString("hex");
	return [
		addressText(flows.addresses, i * 32 + 16),
		addressText(flows.addresses, i * 32),
		flows.sourcePort[i],
		flows.destinationPort[i],
		flows.bytes[i],
		flows.bytesReverse[i],
		flows.packets[i],
		flows.packetsReverse[i],
		list(flows.packetDirections),
		list(flows.packetTimes, timeText),
		list(flows.packetLengths),
		list(flows.packetFlags),
		timeText(flows.timeFirst[i]!),
		timeText(flows.timeLast[i]!),
		`"${Buffer.from(listAt(flows.serverName, i)).toString("latin1")}"`,
		hex(flows.payload),
		hex(flows.payloadReverse),
		flows.protocol[i],
		flows.tcpFlags[i],
		flows.tcpFlagsReverse[i],
	].join(",");
}

function timeText(time: number): string {
	const microseconds = String(((time % 1e6) + 1e6) % 1e6).padStart(6, "0");
	return `${new Date(Math.floor(time / 1e6) * 1000).toISOString().slice(0, 19)}.${microseconds}`;
}

/** The fields of a row, with quotes. */
function fieldsOf(row: string): string[] {
	return Array.from(row.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g), ([, field]) => field!);
}
