import { reportRecord } from "./report-record.ts";
import type { TextOutput } from "./text-output.ts";
import type { VerdictSink } from "./verdict-sink.ts";

/** One JSON object a line for each reported flow, handed on at the end of every batch: what follows a pipe live. */
export function ndjsonSink(output: TextOutput): VerdictSink {
	return {
		async write(batch) {
			for (const i of batch.reported) {
				const record = reportRecord(batch.input, batch.flows, i, batch.verdicts, batch.explain(i));
				await output.write(`${JSON.stringify(record)}\n`);
			}
			await output.flush();
		},
		close: () => output.close(),
	};
}
