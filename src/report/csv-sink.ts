import { csvCell } from "../bytes/csv-cell.ts";
import { CSV_KEYS, CSV_PART_KEYS, reportRecord } from "./report-record.ts";
import type { TextOutput } from "./text-output.ts";
import { type VerdictSink, verdictSink } from "./verdict-sink.ts";

/**
 * RFC 4180 ({@link csvCell}) with the keys of NDJSON as columns, without `evidence`; the header is written even without
 * findings. `withParts`: flows may be reported early, and two additional columns show this.
 */
export function csvSink(output: TextOutput, withParts = false): VerdictSink {
	const keys = withParts ? [...CSV_KEYS, ...CSV_PART_KEYS] : CSV_KEYS;
	let begun = false;
	const begin = async (): Promise<void> => {
		if (!begun) await output.write(`${keys.join(",")}\r\n`);
		begun = true;
	};
	return verdictSink(output.name, {
		async write(batch) {
			await begin();
			for (const i of batch.reported) {
				const record = reportRecord(batch, i);
				await output.write(`${keys.map((key) => csvCell(record[key])).join(",")}\r\n`);
			}
			await output.flush();
		},
		async close() {
			await begin();
			await output.close();
		},
		abandon: () => output.abandon(),
	});
}
