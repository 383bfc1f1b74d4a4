import type { SourceCounters } from "../../bytes/counters.ts";
import { fileOutput } from "../text-output.ts";
import { type VerdictSink, verdictSink } from "../verdict-sink.ts";
import { IncidentCollector } from "./incident-collector.ts";
import { InputRecord } from "./input-record.ts";
import type { ReportOrigin } from "./report-contents.ts";
import { reportDocument } from "./report-document.ts";

/** Incidents with a section of their own; the report says how many more there are. */
export const MOST_INCIDENTS = 500;
const MOST_FAILURES = 100;

export interface HtmlReport {
	readonly sink: VerdictSink;
	/** An input is read: the report lists it. */
	inputOpened(name: string, counters: SourceCounters): void;
	/** Something went wrong: the report says it. */
	failed(words: string): void;
}

/** The report for people (`--report FILE.html`), written when the run ends; it replaces an older one only when complete. */
export function htmlReport(path: string, origin: ReportOrigin, now: () => number): HtmlReport {
	const output = fileOutput(path);
	const collector = new IncidentCollector();
	const record = new InputRecord();
	const failures: string[] = [];
	return {
		inputOpened: (name, counters) => record.opened(name, counters),
		failed(words) {
			if (failures.length < MOST_FAILURES) failures.push(words);
		},
		sink: verdictSink(path, {
			tellsTotals: true,
			wantsDissents: true,
			write: async (batch) => collector.take(batch),
			async close(totals) {
				const all = collector.finish();
				const hosts = all.slice(0, MOST_INCIDENTS);
				const furtherIncidents = all.length - hosts.length;
				const inputs = await record.inputs();
				await output.write(reportDocument({ origin, made: now(), inputs, totals, hosts, furtherIncidents, failures }));
				await output.close();
			},
			abandon: () => output.abandon(),
		}),
	};
}
