import { ByteCursor } from "../bytes/cursor.ts";
import { addressText } from "../flow/address.ts";
import { type Element, elementOf } from "./elements.ts";
import { readTemplate, type Template, VARIABLE } from "./template.ts";
import { ntpMicroseconds, signed, unsigned } from "./values.ts";

/** A data record by names: elements of the table by their name, others as `PEN:id` in hexadecimal. */
export type PlainRecord = Record<string, number | string | number[]>;

/**
 * The oracle of `FlowDecoder`: reads every field of every data record, one object each. Also a description of the
 * format. Throws if the messages are malformed.
 */
export function readPlainRecords(messages: Uint8Array): PlainRecord[] {
	const cursor = new ByteCursor(messages);
	const templates = new Map<string, Template>();
	const records: PlainRecord[] = [];
	while (cursor.remaining > 0) {
		if (cursor.u16() !== 10) throw new Error("not an IPFIX message");
		const outer = cursor.enter(cursor.u16() - 4);
		cursor.skip(8);
		const domain = cursor.u32();
		while (cursor.remaining > 0) {
			const id = cursor.u16();
			const end = cursor.enter(cursor.u16() - 4);
			if (id === 2 || id === 3) readTemplates(cursor, domain, id, templates);
			else readSet(cursor, templates.get(`${domain} ${id}`)!, records);
			cursor.leave(end);
		}
		cursor.leave(outer);
		if (cursor.failed) throw new Error("message cut");
	}
	return records;
}

function readTemplates(cursor: ByteCursor, domain: number, setId: number, templates: Map<string, Template>): void {
	while (cursor.remaining >= 4) {
		const id = cursor.u16();
		const count = cursor.u16();
		const template = readTemplate(cursor, id, count, setId === 3 ? cursor.u16() : 0);
		if (typeof template === "string") throw new Error(template);
		templates.set(`${domain} ${id}`, template);
	}
}

function readSet(cursor: ByteCursor, template: Template, records: PlainRecord[]): void {
	while (cursor.remaining >= template.minLength) {
		const record: PlainRecord = {};
		for (const field of template.fields) {
			const value = cursor.view(field.length === VARIABLE ? variableLength(cursor) : field.length);
			if (field.element?.coding === "basicList") Object.assign(record, plainList(value));
			else record[field.element?.name ?? `${field.pen}:${field.id}`] = plainValue(field.element, value);
		}
		records.push({ ...record, _tid: template.id });
	}
}

function variableLength(cursor: ByteCursor): number {
	const short = cursor.u8();
	return short === 255 ? cursor.u16() : short;
}

function plainList(bytes: Uint8Array): PlainRecord {
	const cursor = new ByteCursor(bytes);
	cursor.skip(1);
	const word = cursor.u16();
	const length = cursor.u16();
	const pen = word & 0x8000 ? cursor.u32() : 0;
	const element = elementOf(pen, word & 0x7fff);
	const items: number[] = [];
	while (cursor.remaining > 0) {
		const item = cursor.view(length === VARIABLE ? variableLength(cursor) : length);
		items.push(element?.coding === "signed" ? signed(item, 0, item.length) : unsigned(item, 0, item.length));
	}
	return { [element?.name ?? `${pen}:${word & 0x7fff}`]: items };
}

function plainValue(element: Element | undefined, bytes: Uint8Array): number | string {
	switch (element?.coding) {
		case "unsigned":
			return unsigned(bytes, 0, bytes.length);
		case "ntp":
			return ntpMicroseconds(bytes, 0);
		case "ipv4":
			return bytes.join(".");
		case "ipv6":
			return addressText(bytes, 0);
		case "mac":
			return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(":");
		case "text":
			return Buffer.from(bytes).toString();
		case "paddedText":
			return Buffer.from(bytes).toString().replace(/\0+$/, "");
		default:
			return Buffer.from(bytes).toString("hex");
	}
}
