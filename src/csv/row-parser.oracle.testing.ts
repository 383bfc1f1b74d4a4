import { isIP } from "node:net";
import { addressText, writeAddress } from "../flow/address.ts";
import type { Flow } from "../flow/flow.ts";

/** The result of a row: the flow and its further columns, or its problem. */
export type PlainRow =
	| { readonly flow: Flow; readonly attributes: Readonly<Record<string, string>> }
	| { readonly problem: string };

/**
 * The oracle of `RowParser`: parses a row with strings and regular expressions, a few thousand rows a second. The
 * shortest description of the format. `row` has no newline at its end.
 */
export function readPlainRow(names: readonly string[], row: string): PlainRow {
	const cells = splitRow(row);
	if (cells === undefined) return { problem: "quotation mark out of place" };
	if (cells.length !== names.length) return { problem: "columns" };
	const cell = new Map(names.map((name, i) => [name, cells[i]!]));
	const value = (name: string) => cell.get(name) ?? "";
	try {
		const flow: Flow = {
			sourceAddress: address(value("SRC_IP")),
			destinationAddress: address(value("DST_IP")),
			sourcePort: whole(value("SRC_PORT"), 65535, true),
			destinationPort: whole(value("DST_PORT"), 65535, true),
			protocol: whole(value("PROTOCOL"), 255, true),
			bytes: whole(value("BYTES"), 2 ** 64, true),
			bytesReverse: whole(value("BYTES_REV"), 2 ** 64, true),
			packets: whole(value("PACKETS"), 2 ** 32 - 1, true),
			packetsReverse: whole(value("PACKETS_REV"), 2 ** 32 - 1, true),
			tcpFlags: whole(value("TCP_FLAGS"), 255, false),
			tcpFlagsReverse: whole(value("TCP_FLAGS_REV"), 255, false),
			timeFirst: microseconds(value("TIME_FIRST")),
			timeLast: microseconds(value("TIME_LAST")),
			packetLengths: list(value("PPI_PKT_LENGTHS"), (text) => integer(text, 0, 65535)),
			packetDirections: list(value("PPI_PKT_DIRECTIONS"), (text) => integer(text, -128, 127)),
			packetFlags: list(value("PPI_PKT_FLAGS"), (text) => integer(text, 0, 255)),
			packetTimes: list(value("PPI_PKT_TIMES"), microseconds),
			payload: hexadecimal(value("IDP_CONTENT")),
			payloadReverse: hexadecimal(value("IDP_CONTENT_REV")),
			serverName: value("TLS_SNI"),
			...(cell.has("LABEL") && { label: value("LABEL") }),
		};
		const attributes = Object.fromEntries([...cell].filter(([name]) => !FLOW_COLUMNS.has(name)));
		return { flow, attributes };
	} catch (error) {
		return { problem: (error as Error).message };
	}
}

const FLOW_COLUMNS = new Set(
	(
		"SRC_IP DST_IP SRC_PORT DST_PORT PROTOCOL BYTES BYTES_REV PACKETS PACKETS_REV TCP_FLAGS TCP_FLAGS_REV TIME_FIRST " +
		"TIME_LAST PPI_PKT_LENGTHS PPI_PKT_DIRECTIONS PPI_PKT_FLAGS PPI_PKT_TIMES IDP_CONTENT IDP_CONTENT_REV TLS_SNI LABEL"
	).split(" "),
);

/** The cells of a row; undefined if a quotation is not closed, or text follows it. */
function splitRow(row: string): string[] | undefined {
	const cells: string[] = [];
	let rest = row;
	while (true) {
		const quoted = /^"((?:[^"]|"")*)"(?=,|$)/s.exec(rest);
		if (!quoted && rest.startsWith('"')) return undefined;
		const text = quoted ? quoted[0] : /^[^,]*/s.exec(rest)![0];
		cells.push(quoted ? quoted[1]!.replaceAll('""', '"') : text);
		if (text.length === rest.length) return cells;
		rest = rest.slice(text.length + 1);
	}
}

function whole(text: string, max: number, required: boolean): number {
	if (text === "") {
		if (required) throw new Error("empty value");
		return 0;
	}
	if (!/^\d+$/.test(text)) throw new Error("not a number");
	if (Number(text) > max) throw new Error("number out of range");
	return Number(text);
}

function integer(text: string, min: number, max: number): number {
	if (!/^-?\d+$/.test(text)) throw new Error("not a list");
	const value = Number(text) + 0; // a list has no negative zero
	if (value < min || value > max) throw new Error("number out of range");
	return value;
}

function microseconds(text: string): number {
	if (text === "") throw new Error("empty value");
	const iso = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:\.(\d+))?Z?$/.exec(text);
	const epoch = /^(\d+)(?:\.(\d+))?$/.exec(text);
	if (!iso && !epoch) throw new Error("not a time");
	const micros = Number(((iso ? iso[7] : epoch![2]) ?? "").slice(0, 6).padEnd(6, "0"));
	let seconds = Number(epoch?.[1]);
	if (iso) {
		const [year, month, day, hour, minute, second] = iso.slice(1, 7).map(Number) as [
			number,
			number,
			number,
			number,
			number,
			number,
		];
		const date = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
		const exists =
			year >= 1970 && date.toISOString().startsWith(`${iso[1]}-${iso[2]}-${iso[3]}T${iso[4]}:${iso[5]}:${iso[6]}`);
		if (!exists) throw new Error("not a time");
		seconds = date.getTime() / 1000;
	}
	if (seconds > Number.MAX_SAFE_INTEGER / 1e6) throw new Error("number out of range");
	return seconds * 1e6 + micros;
}

function list(text: string, element: (text: string) => number): number[] {
	if (text === "" || text === "[]") return [];
	const inner = /^\[(.+)\]$/s.exec(text);
	if (!inner) throw new Error("not a list");
	return inner[1]!.split("|").map(element);
}

function hexadecimal(text: string): Uint8Array {
	if (!/^(?:[0-9a-fA-F]{2})*$/.test(text)) throw new Error("not hexadecimal");
	return Uint8Array.from(Buffer.from(text, "hex"));
}

/** In the form that a batch returns: addresses are compared by value, not by their text. */
function address(text: string): string {
	const bytes = new Uint8Array(16);
	if (text !== "" && (isIP(text) === 0 || !writeAddress(text, bytes, 0))) throw new Error("not an address");
	return addressText(bytes, 0);
}
