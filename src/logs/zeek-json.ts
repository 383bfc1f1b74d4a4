import { type JsonObject, jsonObjectOf } from "./json-record.ts";
import type { LogReader, LogTarget } from "./log-reader.ts";
import { readZeekRecord, type ZeekRecord } from "./zeek-records.ts";

/** Zeek's logs as JSON, one object a line. Combined streams name the log in `_path`; else its fields tell which it is. */
export class ZeekJsonReader implements LogReader {
	read(line: Uint8Array, target: LogTarget): void {
		const object = jsonObjectOf(line, target.counters);
		if (object !== undefined) readZeekRecord(pathOf(object), recordOf(object), target);
	}
}

function pathOf(object: JsonObject): string {
	if (typeof object._path === "string") return object._path;
	if ("conn_state" in object) return "conn";
	if ("query" in object || "qtype" in object) return "dns";
	if ("cipher" in object || "server_name" in object) return "ssl";
	if ("host" in object && "uri" in object) return "http";
	if ("note" in object) return "notice";
	// With unset fields left out, a connection may show no more than its ends.
	return "proto" in object && "uid" in object ? "conn" : "";
}

function recordOf(object: JsonObject): ZeekRecord {
	return {
		text: (name) => {
			const value = object[name];
			return value === undefined || value === null || value === "" || typeof value === "object"
				? undefined
				: String(value);
		},
		list: (name) => {
			const value = object[name];
			return Array.isArray(value) ? value.map(String) : [];
		},
	};
}
