import { inContext } from "../bytes/error.ts";
import { type Layout, layoutOf, namesFlows } from "./layout.ts";

const BYTE_ORDER_MARK = "\ufeff";
/** `uint64 BYTES` or `BYTES`: NEMEA's logger writes types, the columns of other files have names only. */
const TYPED = /^(?:(?:ipaddr|macaddr|time|string|bytes|char|double|float|u?int(?:8|16|32|64))\*?\s+)?(.*)$/s;

/** Whether these first bytes of an input are the header line of a flow file, by its column names. */
export function isFlowCsv(head: Uint8Array): boolean {
	const end = head.indexOf(0x0a);
	return namesFlows(columnNames(headerText(end < 0 ? head : head.subarray(0, end))));
}

/** Whether the columns of a header line are separated by semicolons, as in spreadsheets with a decimal comma. */
export function hasSemicolons(line: Uint8Array): boolean {
	const text = headerText(line);
	return text.includes(";") && !text.includes(",");
}

/**
 * The columns of a header line. Throws (code `csv-header`) if it has no columns of flows; `attributes` as in
 * `layoutOf`.
 */
export function readHeader(line: Uint8Array, attributes?: readonly string[]): Layout {
	try {
		return layoutOf(columnNames(headerText(line)), attributes);
	} catch (error) {
		throw inContext("header line", error);
	}
}

function headerText(line: Uint8Array): string {
	const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(line);
	return (text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text).trim();
}

function columnNames(line: string): string[] {
	return line
		.split(line.includes(",") ? "," : ";")
		.map((cell) => TYPED.exec(cell.trim().replace(/^"(.*)"$/, "$1"))![1]!);
}
