import { DeCryptoError } from "../bytes/error.ts";
import type { UnirecField, UnirecScalar, UnirecType } from "../flow/unirec-fields.ts";

/** A field of a template and the position of its bytes in a record. */
export interface TemplateField extends UnirecField {
	/** Bytes of one value, of one element where the field is dynamic. */
	readonly size: number;
	/** Whether the record holds a slot (offset and length) in place of the value: strings, bytes and arrays. */
	readonly dynamic: boolean;
	/** Where the value or slot begins in the record's fixed part. */
	readonly offset: number;
}

/**
 * The layout of a UniRec record. The string may name the fields in any order; the record holds them sorted: by size
 * from large to small, dynamic fields behind all others by element size from small to large, equal sizes by name.
 * Nothing is aligned. A dynamic field's slot is its data's offset (from the end of the fixed part) and length in
 * bytes, two little-endian 16-bit integers; the data follow in the order of the slots.
 */
export interface Template {
	/** The template string, unchanged: the content of a hello. */
	readonly text: string;
	/** In the order of the record. */
	readonly fields: readonly TemplateField[];
	readonly fixedLength: number;
	readonly byName: ReadonlyMap<string, TemplateField>;
}

/** Bytes of a slot in the fixed part. */
export const SLOT_LENGTH = 4;
/** A record's length travels in 16 bits. */
export const RECORD_LENGTH_MAX = 65535;

const SCALAR_SIZES: Readonly<Record<UnirecScalar, number>> = {
	ipaddr: 16,
	uint64: 8,
	int64: 8,
	double: 8,
	time: 8,
	macaddr: 6,
	uint32: 4,
	int32: 4,
	float: 4,
	uint16: 2,
	int16: 2,
	uint8: 1,
	int8: 1,
	char: 1,
};

/** Parses `type NAME,type NAME,…`. Throws (code `template`) and names the invalid entry. */
export function parseTemplate(text: string): Template {
	const seen = new Set<string>();
	const fields = text.split(",").map((entry) => {
		const match = /^ *([a-z0-9]+\*?) +([A-Za-z_][A-Za-z0-9_]*) *$/.exec(entry);
		if (!match) throw templateError(`"${entry.slice(0, 60)}" is no "type NAME"`, text);
		const [, type, name] = match as unknown as [string, string, string];
		if (seen.has(name)) throw templateError(`${name} is there twice`, text);
		seen.add(name);
		return { name, type: knownType(type, name, text) };
	});
	return layOut(text, fields);
}

/** The template of these fields, in this order. */
export function templateOf(fields: readonly UnirecField[]): Template {
	return layOut(templateText(fields), fields);
}

/** `type NAME,type NAME`, the form that travels in hellos and stands over a logger's CSV. */
export function templateText(fields: readonly UnirecField[]): string {
	return fields.map(({ type, name }) => `${type} ${name}`).join(",");
}

/** Whether values of a type are in the dynamic part of a record. */
function isDynamic(type: UnirecType): boolean {
	return type === "string" || type === "bytes" || type.endsWith("*");
}

function sizeOf(type: UnirecType): number {
	return type === "string" || type === "bytes" ? 1 : SCALAR_SIZES[type.replace("*", "") as UnirecScalar];
}

function knownType(type: string, name: string, text: string): UnirecType {
	const known = type === "string" || type === "bytes" || Object.hasOwn(SCALAR_SIZES, type.replace(/\*$/, ""));
	if (!known) throw templateError(`${name} has the unknown type "${type}"`, text);
	return type as UnirecType;
}

function layOut(text: string, unordered: readonly UnirecField[]): Template {
	const sized = unordered.map(({ name, type }) => ({ name, type, size: sizeOf(type), dynamic: isDynamic(type) }));
	sized.sort((a, b) => {
		if (a.dynamic !== b.dynamic) return a.dynamic ? 1 : -1;
		if (a.size !== b.size) return a.dynamic ? a.size - b.size : b.size - a.size;
		return a.name < b.name ? -1 : 1;
	});
	let fixedLength = 0;
	const fields = sized.map((field) => {
		const offset = fixedLength;
		fixedLength += field.dynamic ? SLOT_LENGTH : field.size;
		return { ...field, offset };
	});
	if (fixedLength > RECORD_LENGTH_MAX) throw templateError(`a record of it would have ${fixedLength} bytes`, text);
	return { text, fields, fixedLength, byName: new Map(fields.map((field) => [field.name, field])) };
}

function templateError(message: string, text: string): DeCryptoError {
	return new DeCryptoError("template", `UniRec template: ${message}`, { template: text });
}
