import { countMalformed, type SourceCounters } from "../bytes/counters.ts";

/** An object of a JSON log; its values may be anything. */
export type JsonObject = Readonly<Record<string, unknown>>;

const utf8 = new TextDecoder();

/** The object that a line holds; undefined (and counted) where it holds none. An empty line is passed over. */
export function jsonObjectOf(line: Uint8Array, counters: SourceCounters): JsonObject | undefined {
	if (line.length === 0 || (line.length === 1 && line[0] === 0x0d)) return undefined;
	try {
		const value: unknown = JSON.parse(utf8.decode(line));
		if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as JsonObject;
	} catch {
		// Counted below: a line that is cut or that is no JSON.
	}
	countMalformed(counters, "log: line is no JSON object");
	return undefined;
}

/** A member that is an object; an empty one where it is not. */
export function objectIn(object: JsonObject, key: string): JsonObject {
	const value = object[key];
	return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

export function listIn(object: JsonObject, key: string): readonly unknown[] {
	const value = object[key];
	return Array.isArray(value) ? value : [];
}

/** A member that is a string that is not empty. */
export function textIn(object: JsonObject, key: string): string | undefined {
	const value = object[key];
	return typeof value === "string" && value !== "" ? value : undefined;
}

/** A member that is a number, or a number as text (64-bit integers of cloud logs are); 0 where it is neither. */
export function numberIn(object: JsonObject, key: string): number {
	const value = object[key];
	if (typeof value === "number") return value;
	return typeof value === "string" && /^\d+(\.\d+)?$/.test(value) ? Number(value) : 0;
}

/** RFC 3339 text with up to nine digits of a second, as microseconds since the epoch; NaN where it is not that. */
export function timeOf(text: string | undefined): number {
	if (text === undefined) return Number.NaN;
	const milliseconds = Date.parse(text);
	const beyond = /\.\d{3}(\d{1,3})/.exec(text)?.[1];
	return milliseconds * 1000 + (beyond === undefined ? 0 : Number(beyond.padEnd(3, "0")));
}
