import type { Writable } from "node:stream";
import type { FlowSink } from "../flow/flow-sink.ts";
import type { UnirecField } from "../flow/unirec-fields.ts";
import { CsvEncoder } from "./csv-encoder.ts";

/**
 * Flows as rows of NEMEA logger CSV on a stream, with these fields (the meter's 20 where left out; `fieldsOf` has all of
 * a batch). The header is written even where no flow follows. `close` does not end the stream: standard output is not ours.
 */
export function createCsvWriter(output: Writable, fields?: readonly UnirecField[]): FlowSink {
	const encoder = new CsvEncoder(fields);
	let begun = false;
	const begin = async () => {
		if (begun) return;
		begun = true;
		await writeAll(output, encoder.header);
	};
	return {
		async write(flows, positions) {
			await begin();
			const rows = encoder.encode(flows, positions);
			if (rows.length > 0) await writeAll(output, rows);
		},
		close: begin,
	};
}

/** Resolves when the stream has taken the bytes, which are then free. */
function writeAll(output: Writable, bytes: Uint8Array): Promise<void> {
	return new Promise((resolve, reject) => {
		output.write(bytes, (error) => (error ? reject(error) : resolve()));
	});
}
