import type { Writable } from "node:stream";
import type { OutputFile } from "../bytes/output-file.ts";
import type { FlowSink } from "../flow/flow-sink.ts";
import type { UnirecField } from "../flow/unirec-fields.ts";
import { CsvEncoder } from "./csv-encoder.ts";

/**
 * Writes flows as rows of NEMEA logger CSV to a stream, with these fields (default: the meter's 20; `fieldsOf` has all
 * of a batch). The header is written even if no flow follows. `close` does not end the stream: standard output is
 * shared.
 */
export function createCsvWriter(output: Writable, fields?: readonly UnirecField[]): FlowSink {
	return csvSink((bytes) => writeAll(output, bytes), fields);
}

/** The same rows in a file, which is renamed to its final name when it is complete. */
export function createCsvFile(file: OutputFile, fields?: readonly UnirecField[]): FlowSink {
	const sink = csvSink(async (bytes) => file.write(bytes), fields);
	return {
		write: sink.write,
		async close() {
			await sink.close();
			file.close();
		},
	};
}

function csvSink(write: (bytes: Uint8Array) => Promise<void>, fields?: readonly UnirecField[]): FlowSink {
	const encoder = new CsvEncoder(fields);
	let begun = false;
	const begin = async () => {
		if (begun) return;
		begun = true;
		await write(encoder.header);
	};
	return {
		async write(flows, positions) {
			await begin();
			const rows = encoder.encode(flows, positions);
			if (rows.length > 0) await write(rows);
		},
		close: begin,
	};
}

/** Resolves when the stream has taken the bytes, which may then be reused. */
function writeAll(output: Writable, bytes: Uint8Array): Promise<void> {
	return new Promise((resolve, reject) => {
		output.write(bytes, (error) => (error ? reject(error) : resolve()));
	});
}
