import { extname } from "node:path";
import { UsageError } from "../bytes/error.ts";
import { csvSink } from "../report/csv-sink.ts";
import { jsonSink } from "../report/json-sink.ts";
import { ndjsonSink } from "../report/ndjson-sink.ts";
import { tableSink } from "../report/table-sink.ts";
import { fileOutput, streamOutput } from "../report/text-output.ts";
import type { Totals } from "../report/totals.ts";
import type { VerdictSink } from "../report/verdict-sink.ts";

export const FORMATS = ["table", "ndjson", "csv", "json"] as const;
export type Format = (typeof FORMATS)[number];

export interface SinkChoice {
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

/** The sink that the options ask for: a format given, else by the file's extension, else a table on a terminal and NDJSON into a pipe. */
export function openSink(choice: SinkChoice): VerdictSink {
	const toStandardOutput = choice.output === undefined || choice.output === "-";
	const format = choice.format ?? chosenFormat(toStandardOutput ? undefined : choice.output!);
	const output = toStandardOutput ? streamOutput(process.stdout) : fileOutput(choice.output!);
	switch (format) {
		case "ndjson":
			return ndjsonSink(output);
		case "csv":
			return csvSink(output);
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

function chosenFormat(path: string | undefined): Format {
	if (path === undefined) return process.stdout.isTTY ? "table" : "ndjson";
	const format = FORMAT_OF_EXTENSION[extname(path).toLowerCase()];
	if (format) return format;
	throw new UsageError(`--output ${path}: its extension tells no format; add --format ${FORMATS.join(", --format ")}`);
}
