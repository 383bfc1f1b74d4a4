import { CSV_KEYS, reportRecord } from "./report-record.ts";
import type { TextOutput } from "./text-output.ts";
import { type VerdictSink, verdictSink } from "./verdict-sink.ts";

/** RFC 4180 with the keys of NDJSON as columns, without `evidence`; the header comes even where nothing was found. */
export function csvSink(output: TextOutput): VerdictSink {
	let begun = false;
	const begin = async (): Promise<void> => {
		if (!begun) await output.write(`${CSV_KEYS.join(",")}\r\n`);
		begun = true;
	};
	return verdictSink(output.name, {
		async write(batch) {
			await begin();
			for (const i of batch.reported) {
				const record = reportRecord(batch, i);
				await output.write(`${CSV_KEYS.map((key) => csvField(record[key])).join(",")}\r\n`);
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

function csvField(value: string | number | boolean | undefined): string {
	if (value === undefined) return "";
	const text = String(value);
	return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
