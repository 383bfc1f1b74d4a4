import type { ByteCursor } from "../bytes/cursor.ts";
import { type Coding, type Element, elementOf, PARTS, PEN } from "./elements.ts";

/** The length that means "in each record" (RFC 7011, 7). */
export const VARIABLE = 65535;

export interface TemplateField {
	readonly pen: number;
	readonly id: number;
	/** Bytes, or {@link VARIABLE}. */
	readonly length: number;
	readonly element: Element | undefined;
}

/** The record layout of one set identifier, and the steps that convert a record into a flow. */
export interface Template {
	readonly id: number;
	readonly fields: readonly TemplateField[];
	/** Records describe the exporter, not flows. */
	readonly isOptions: boolean;
	/** Whether its records are flows: they have both ends and a count. */
	readonly isFlow: boolean;
	/** Minimum bytes of a record. */
	readonly minLength: number;
	/** Per step: the action ({@link STEP}), its number of bytes ({@link VARIABLE}: in the record), its part. */
	readonly operations: Uint8Array;
	readonly lengths: Uint32Array;
	readonly parts: Uint8Array;
	/** Per step of a list: the last element of its items, so that it is looked up once and not per record. */
	readonly itemKeys: Float64Array;
	readonly itemSteps: Uint8Array;
	readonly itemParts: Uint8Array;
}

/** The cases of the record decoder: one per coding. */
export const STEP = {
	SKIP: 0,
	unsigned: 1,
	signed: 2,
	ipv4: 3,
	ipv6: 4,
	seconds: 5,
	milliseconds: 6,
	ntp: 7,
	microsecondsBeforeExport: 8,
	millisecondsOfUptime: 9,
	intervalMilliseconds: 10,
	text: 11,
	paddedText: 12,
	octets: 13,
	basicList: 14,
	mac: 0,
} as const satisfies Record<Coding | "SKIP", number>;

const MAX_BYTES: Readonly<Record<string, number>> = { ipv4: 4, ipv6: 16, ntp: 8 };

/** The reason for a refusal, or the template. */
export type TemplateResult = Template | string;

/** Templates of records longer than any message are refused. */
const MAX_RECORD = 65_535;

/**
 * Reads the field specifiers of a template (RFC 7011, 3.4.1) of `count` fields. If they are truncated, the cursor has
 * failed. Returns a sentence if they cannot be those of records: then no record of that set can be read.
 */
export function readTemplate(cursor: ByteCursor, id: number, count: number, scopeCount: number): TemplateResult {
	const fields: TemplateField[] = [];
	let minLength = 0;
	for (let k = 0; k < count && !cursor.failed; k++) {
		const word = cursor.u16();
		const length = cursor.u16();
		const pen = word & 0x8000 ? cursor.u32() : 0;
		const number = word & 0x7fff;
		minLength += length === VARIABLE ? 1 : length;
		fields.push({ pen, id: number, length, element: elementOf(pen, number) });
	}
	return checked(cursor, id, fields, minLength, scopeCount > 0);
}

/** nProbe's elements in NetFlow version 9 begin here (its guide "Flow Information Elements": NTOP_BASE_ID). */
const NTOP_BASE = 57_472;

/**
 * Like {@link readTemplate}, for NetFlow version 9 (RFC 3954, 5.2): types are IANA's elements, without enterprises.
 * Scope types have their own numbers (RFC 3954, 6.1).
 */
export function readNetflow9Template(
	cursor: ByteCursor,
	id: number,
	count: number,
	scopeCount: number,
): TemplateResult {
	const fields: TemplateField[] = [];
	let minLength = 0;
	for (let k = 0; k < count && !cursor.failed; k++) {
		const type = cursor.u16();
		const length = cursor.u16();
		minLength += length;
		// NetFlow has no lists, and so no variable lengths: this length is impossible.
		if (length === VARIABLE) return "template of records longer than a message";
		const isNtop = type >= NTOP_BASE;
		const [pen, number] = isNtop ? [PEN.NTOP, type - NTOP_BASE] : [PEN.IANA, type];
		const isScope = k < scopeCount;
		fields.push({
			pen,
			id: isScope ? 0 : number,
			length,
			element: isScope ? undefined : elementOf(pen, number),
		});
	}
	return checked(cursor, id, fields, minLength, scopeCount > 0);
}

function checked(
	cursor: ByteCursor,
	id: number,
	fields: readonly TemplateField[],
	minLength: number,
	isOptions: boolean,
): TemplateResult {
	if (cursor.failed) return "template cut";
	if (minLength === 0) return "template of records without a byte";
	if (minLength > MAX_RECORD) return "template of records longer than a message";
	return compiled(id, fields, minLength, isOptions);
}

function compiled(id: number, fields: readonly TemplateField[], minLength: number, isOptions: boolean): Template {
	const operations: number[] = [];
	const lengths: number[] = [];
	const parts: number[] = [];
	for (const { element, length } of fields) {
		const operation = element && fits(element, length) ? operationOf(element) : STEP.SKIP;
		const last = operations.length - 1;
		const joins = operation === STEP.SKIP && length !== VARIABLE && operations[last] === STEP.SKIP;
		if (joins && lengths[last] !== VARIABLE && lengths[last]! + length < VARIABLE) lengths[last]! += length;
		else {
			operations.push(operation);
			lengths.push(length);
			parts.push(element ? PARTS.indexOf(element.part) : 0);
		}
	}
	const has = (part: string) => fields.some(({ element }) => element?.part === part);
	const says = (has("sourceAddress") && has("destinationAddress")) || (has("sourcePort") && has("destinationPort"));
	return {
		id,
		fields,
		isOptions,
		isFlow: !isOptions && says && ["bytes", "packets", "bytesTotal", "packetsTotal"].some(has),
		minLength,
		operations: Uint8Array.from(operations),
		lengths: Uint32Array.from(lengths),
		parts: Uint8Array.from(parts),
		itemKeys: new Float64Array(operations.length).fill(-1),
		itemSteps: new Uint8Array(operations.length),
		itemParts: new Uint8Array(operations.length),
	};
}

/** The step for an element; elements that are not part of a flow are skipped. */
export function operationOf(element: Element): number {
	return element.part === "none" ? STEP.SKIP : STEP[element.coding];
}

/**
 * Whether a value of this coding can have this length (RFC 7011, 6.2 allows integers to be sent shorter than they are).
 */
function fits({ coding }: Element, length: number): boolean {
	switch (coding) {
		case "text":
		case "paddedText":
		case "octets":
		case "basicList":
			return true;
		case "ipv4":
		case "ipv6":
		case "ntp":
			return length === MAX_BYTES[coding];
		default:
			return length >= 1 && length <= 8;
	}
}
