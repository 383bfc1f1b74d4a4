import { extname } from "node:path";
import { UsageError } from "../bytes/error.ts";
import { standardOutput } from "../bytes/standard-output.ts";
import { isIpfixAddress } from "../ipfix/listen-address.ts";
import { isInterface } from "../nemea/index.ts";
import { csvSink } from "../report/csv-sink.ts";
import { flowVerdictSink } from "../report/flow-verdict-sink.ts";
import { jsonSink } from "../report/json-sink.ts";
import { ndjsonSink } from "../report/ndjson-sink.ts";
import { tableSink } from "../report/table-sink.ts";
import { appendingOutput, fileOutput, streamOutput } from "../report/text-output.ts";
import type { Totals } from "../report/totals.ts";
import type { VerdictSink } from "../report/verdict-sink.ts";
import { FORMATS, type Format } from "./formats.ts";
import { openFlowSink } from "./open-flow-sink.ts";
import { openUnirecVerdictSink, type UnirecVerdictOptions } from "./unirec-verdict-sink.ts";

export interface SinkChoice extends UnirecVerdictOptions {
	/** A path, `-` or undefined for standard output. */
	readonly output: string | undefined;
	readonly format: Format | undefined;
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

/** The sink that the options ask for: flow records where the output is a NEMEA interface, a collector or such a file; else a format given, else by the file's extension, else a table on a terminal and NDJSON into a pipe. */
export async function openSink(choice: SinkChoice): Promise<VerdictSink> {
	if (choice.output !== undefined && choice.format === undefined) {
		const records = await openRecords(choice.output, choice);
		if (records) return records;
	}
	const toStandardOutput = choice.output === undefined || choice.output === "-";
	const format = choice.format ?? chosenFormat(toStandardOutput ? undefined : choice.output!);
	const isStream = choice.live && format === "ndjson";
	const output = toStandardOutput
		? streamOutput(standardOutput())
		: (isStream ? appendingOutput : fileOutput)(choice.output!);
	switch (format) {
		case "ndjson":
			return ndjsonSink(output);
		case "csv":
			return csvSink(output, choice.live);
		case "json":
			return jsonSink(output, choice.metrics);
		case "table": {
			const width = toStandardOutput && process.stdout.isTTY ? process.stdout.columns : FILE_WIDTH;
			const colour = choice.colour && toStandardOutput && process.stdout.isTTY === true;
			return tableSink(output, {
				width,
				colour,
				announce: choice.live,
				...(choice.footer && { footer: choice.footer }),
			});
		}
	}
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
