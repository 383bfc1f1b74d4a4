import { reportRecord } from "./report-record.ts";
import type { TextOutput } from "./text-output.ts";
import type { Totals } from "./totals.ts";
import { type VerdictSink, verdictSink } from "./verdict-sink.ts";

/**
 * One document: `{flows: […], totals: {…}}`, with `metrics` if the flows were labelled and verified. Written
 * incrementally.
 */
export function jsonSink(output: TextOutput, metrics?: () => unknown): VerdictSink {
	let begun = false;
	const separator = (): string => {
		const text = begun ? ",\n" : '{"flows":[\n';
		begun = true;
		return text;
	};
	return verdictSink(output.name, {
		tellsTotals: true,
		async write(batch) {
			for (const i of batch.reported) {
				const record = reportRecord(batch, i);
				await output.write(separator() + JSON.stringify(record));
			}
		},
		async close(totals: Totals) {
			const end = { totals, ...(metrics && { metrics: metrics() }) };
			await output.write(`${begun ? "\n]," : '{"flows":[],'}${JSON.stringify(end).slice(1)}\n`);
			await output.close();
		},
		abandon: () => output.abandon(),
	});
}
