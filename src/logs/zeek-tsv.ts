import { countMalformed } from "../bytes/counters.ts";
import type { LogReader, LogTarget } from "./log-reader.ts";
import { readZeekRecord, type ZeekRecord } from "./zeek-records.ts";

const utf8 = new TextDecoder();

/**
 * Zeek's tab-separated logs (docs.zeek.org, "Log Formats"): header lines name separators, the log's path and the fields;
 * any order of fields, header lines again in the middle of the file.
 */
export class ZeekTsvReader implements LogReader {
	#separator = "\t";
	#setSeparator = ",";
	#empty = "(empty)";
	#unset = "-";
	#path = "";
	/** The position of each field. */
	#fields: ReadonlyMap<string, number> = new Map();

	read(line: Uint8Array, target: LogTarget): void {
		if (line.length === 0) return;
		const text = utf8.decode(line);
		if (text.startsWith("#")) this.#readHeader(text);
		else this.#readRecord(text, target);
	}

	#readRecord(text: string, target: LogTarget): void {
		const values = text.replace(/\r$/, "").split(this.#separator);
		if (values.length !== this.#fields.size) {
			countMalformed(
				target.counters,
				this.#fields.size === 0 ? "zeek: record before the header" : "zeek: wrong number of fields",
			);
			return;
		}
		readZeekRecord(this.#path, this.#recordOf(values), target);
	}

	#recordOf(values: readonly string[]): ZeekRecord {
		return {
			text: (name) => {
				const value = values[this.#fields.get(name) ?? -1];
				return value === undefined || value === this.#unset || value === this.#empty ? undefined : unescaped(value);
			},
			list: (name) => {
				const value = values[this.#fields.get(name) ?? -1];
				if (value === undefined || value === this.#unset || value === this.#empty) return [];
				return value.split(this.#setSeparator).map(unescaped);
			},
		};
	}

	#readHeader(text: string): void {
		const separator = /^#separator (.+)$/.exec(text);
		if (separator) {
			this.#separator = unescaped(separator[1]!.trim());
			return;
		}
		const [key, ...values] = text.replace(/\r$/, "").split(this.#separator) as [string, ...string[]];
		if (key === "#fields") this.#fields = new Map(values.map((name, k) => [name, k]));
		else if (key === "#path") this.#path = values[0] ?? "";
		else if (key === "#set_separator") this.#setSeparator = values[0] || ",";
		else if (key === "#empty_field") this.#empty = values[0] ?? "(empty)";
		else if (key === "#unset_field") this.#unset = values[0] ?? "-";
	}
}

/** Zeek writes bytes that would be read wrongly as `\xHH`. */
function unescaped(text: string): string {
	if (!text.includes("\\x")) return text;
	return text.replace(/\\x([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
