import { reportRecord } from "./report-record.ts";
import type { TextOutput } from "./text-output.ts";
import { type VerdictSink, verdictSink } from "./verdict-sink.ts";

/** One JSON object per line for each reported flow, flushed at the end of every batch for readers of a pipe. */
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
