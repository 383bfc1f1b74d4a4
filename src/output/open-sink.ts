import { extname } from "node:path";
import { UsageError } from "../bytes/error.ts";
import { standardOutput } from "../bytes/standard-output.ts";
import { isIpfixAddress } from "../ipfix/listen-address.ts";
import { isInterface } from "../nemea/index.ts";
import { csvSink } from "../report/csv-sink.ts";
import { flowVerdictSink } from "../report/flow-verdict-sink.ts";
import { type EncodeEvent, type IncidentReport, incidentLines, incidentTable } from "../report/incident-report.ts";
import { jsonSink } from "../report/json-sink.ts";
import { ndjsonSink } from "../report/ndjson-sink.ts";
import { tableSink } from "../report/table-sink.ts";
import { appendingOutput, fileOutput, streamOutput, type TextOutput } from "../report/text-output.ts";
import type { Totals } from "../report/totals.ts";
import type { VerdictSink } from "../report/verdict-sink.ts";
import { FORMATS, type Format } from "./formats.ts";
import { openFlowSink } from "./open-flow-sink.ts";
import { openUnirecVerdictSink, type UnirecVerdictOptions } from "./unirec-verdict-sink.ts";

export interface SinkChoice extends UnirecVerdictOptions {
	/** A path, `-` or undefined for standard output. */
	readonly output: string | undefined;
	readonly format: Format | undefined;
	/** Incidents are asked for, whatever the output. */
	readonly wantsIncidents: boolean;
	/** The table has a row for each conversation. */
	readonly wide?: boolean;
	/** The table has everything about these hosts. */
	readonly hosts?: readonly string[];
	/** One line for an event of an incident. */
	readonly encodeEvent: () => Promise<EncodeEvent>;
	readonly colour: boolean;
	/** Whether an input is live: then conversations are told as they are found. */
	readonly live: boolean;
	/** What JSON has under `metrics`, in verify mode. */
	readonly metrics?: () => unknown;
	/** What the table says below its totals. */
	readonly footer?: (totals: Totals) => string;
}

const FORMAT_OF_EXTENSION: Readonly<Record<string, Format>> = {
	".ndjson": "ndjson",
	".jsonl": "ndjson",
	".csv": "csv",
	".json": "json",
	".txt": "table",
};

/** The columns a table may take where the output is no terminal. */
const FILE_WIDTH = 200;

/** Where a run reports: verdicts flow by flow, or incidents. */
export type OpenedReport =
	| { readonly kind: "verdicts"; readonly sink: VerdictSink }
	| { readonly kind: "incidents"; readonly report: IncidentReport };

/**
 * The output that the options ask for: flow records where it is a NEMEA interface, a collector or such a file; else a format
 * given, else by the file's extension, else a table on a terminal and NDJSON into a pipe.
 */
export async function openReport(choice: SinkChoice): Promise<OpenedReport> {
	const { wantsIncidents } = choice;
	if (choice.output !== undefined && choice.format === undefined && !wantsIncidents) {
		const records = await openRecords(choice.output, choice);
		if (records) return { kind: "verdicts", sink: records };
	}
	const path = choice.output === "-" ? undefined : choice.output;
	const format = wantsIncidents ? incidentFormat(choice, path) : (choice.format ?? chosenFormat(path));
	const isStream = choice.live && (format === "ndjson" || format === "incidents");
	const output =
		path === undefined ? streamOutput(standardOutput()) : isStream ? appendingOutput(path) : fileOutput(path);
	switch (format) {
		case "ndjson":
			return { kind: "verdicts", sink: ndjsonSink(output) };
		case "csv":
			return { kind: "verdicts", sink: csvSink(output, choice.live) };
		case "json":
			return { kind: "verdicts", sink: jsonSink(output, choice.metrics) };
		case "incidents":
			return { kind: "incidents", report: incidentLines(output, await choice.encodeEvent(), choice.hosts) };
		case "table":
			return table(output, path === undefined && process.stdout.isTTY === true, choice);
	}
}

function table(output: TextOutput, isTerminal: boolean, choice: SinkChoice): OpenedReport {
	const options = {
		width: isTerminal ? process.stdout.columns || FILE_WIDTH : FILE_WIDTH,
		colour: choice.colour && isTerminal,
		announce: choice.live,
		...(choice.footer && { footer: choice.footer }),
	};
	if (choice.wide) return { kind: "verdicts", sink: tableSink(output, options) };
	return {
		kind: "incidents",
		report: incidentTable(output, { ...options, ...(choice.hosts && { hosts: choice.hosts }) }),
	};
}

/** A table for people, who also ask for single hosts; lines for programs. */
function incidentFormat({ format, hosts }: SinkChoice, path: string | undefined): Format {
	if (format === "table" || format === "incidents") return format;
	if (format !== undefined) throw new UsageError(`incidents are written as --format table or incidents, not ${format}`);
	if (path === undefined) return hosts || process.stdout.isTTY ? "table" : "incidents";
	const byName = chosenFormat(path);
	if (byName === "table" || byName === "ndjson") return hosts || byName === "table" ? "table" : "incidents";
	throw new UsageError(`--output ${path}: incidents are written to a .ndjson or .txt file, or with --format`);
}

/** Sinks of flow records: a NEMEA interface or trapcap file, an IPFIX collector or file; undefined for anything else. */
async function openRecords(output: string, choice: SinkChoice): Promise<VerdictSink | undefined> {
	if (isIpfixAddress(output) || /\.ipfix$/i.test(output))
		return flowVerdictSink(output, await openFlowSink(output, choice), choice);
	if (!isInterface(output) && !/\.trapcap$/i.test(output)) return undefined;
	return openUnirecVerdictSink(output, choice);
}

function chosenFormat(path: string | undefined): Format {
	if (path === undefined) return process.stdout.isTTY ? "table" : "ndjson";
	const format = FORMAT_OF_EXTENSION[extname(path).toLowerCase()];
	if (format) return format;
	throw new UsageError(`--output ${path}: its extension tells no format; add --format ${FORMATS.join(", --format ")}`);
}
