import { reportRecord } from "./report-record.ts";
import type { TextOutput } from "./text-output.ts";
import { type VerdictSink, verdictSink } from "./verdict-sink.ts";

/** One JSON object a line for each reported flow, handed on at the end of every batch: what follows a pipe live. */
export function ndjsonSink(output: TextOutput): VerdictSink {
	return verdictSink(output.name, {
		async write(batch) {
			for (const i of batch.reported) {
				const record = reportRecord(batch, i);
				await output.write(`${JSON.stringify(record)}\n`);
			}
			await output.flush();
		},
		close: () => output.close(),
		abandon: () => output.abandon(),
		...(output.reopen && { reopen: output.reopen }),
	});
}
