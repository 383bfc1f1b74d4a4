import { basename } from "node:path";
import { Command, Option } from "commander";
import { totalMalformed } from "../bytes/counters.ts";
import { DeCryptoError, UsageError } from "../bytes/error.ts";
import { replaceFile } from "../bytes/output-file.ts";
import { printText } from "../bytes/standard-output.ts";
import { createDetector, type Detector } from "../detect/detector.ts";
import { DETECT_SETTINGS, detectOptionsOf } from "../detect/options-schema.ts";
import { Evaluation, type EvaluationResult } from "../evaluate/evaluation.ts";
import { chartsFile } from "../evaluate/evaluation-charts.ts";
import { evaluationFigures } from "../evaluate/evaluation-figures.ts";
import { evaluationText } from "../evaluate/evaluation-text.ts";
import { reportPage } from "../evaluate/report-page.ts";
import { hashesByName, trainingFileWarnings } from "../evaluate/training-files.ts";
import { DEFAULT_MODEL } from "../forest/default-model.ts";
import { openModel } from "../forest/open-model.ts";
import { openInput } from "../input/open-input.ts";
import { MisclassifiedFile } from "../output/misclassified-file.ts";
import { settingOption } from "./detect-setting.ts";
import { socketDirectory } from "./input-flags.ts";
import { probability } from "./option-values.ts";
import { programVersion } from "./program-version.ts";
import { Progress } from "./progress.ts";
import { ShutdownSignal } from "./shutdown-signal.ts";
import { tell } from "./tell.ts";

interface EvaluateFlags {
	readonly model?: readonly string[];
	readonly by?: string;
	readonly threshold?: number;
	readonly dstThreshold?: number;
	readonly maxFpr: number;
	readonly report?: string;
	readonly misclassified?: string;
	readonly format: "table" | "json";
	readonly quiet?: boolean;
}

const SHAPE_HELP = "probability above which shape alone decides (default: each model's)";
const NAME_HELP = "combined probability above which a telling server name and shape decide (default: each model's)";

const DETAILS = `
Labels are in a column LABEL, Miner or Other. Inputs are told by their content: the CESNET-MINER22 data set and any
logger CSV, Parquet, trapcap. docs/evaluation.md says how to read the figures.

Examples:
  decrypto evaluate flows.csv.gz --by SOURCE --report report.html
  decrypto evaluate decrypto_dataset_design.csv -m data_symmetry.pickle -m models/default.model`;

export function evaluateCommand(): Command {
	return new Command("evaluate")
		.description("Judges models by labelled flows: quality, curves, thresholds for a budget of false positives.")
		.argument("<flows...>", "flow files with labels; - is standard input")
		.option(
			"-m, --model <file>",
			"a model or scikit-learn pickle; several are shown side by side (default: the one that comes with decrypto)",
			collected,
		)
		.option("--by <column>", "count by the values of this column, too: SOURCE, TLS, DST_PORT …")
		.addOption(settingOption(DETECT_SETTINGS.mlThreshold, { flags: "-t, --threshold <p>", help: SHAPE_HELP }))
		.addOption(settingOption(DETECT_SETTINGS.dstThreshold, { help: NAME_HELP }))
		.option(
			"--max-fpr <rate>",
			"the share of ordinary flows that may be taken for miners: find the threshold that keeps it",
			probability,
			1e-4,
		)
		.option("--report <file>", "write the curves and tables as a page (.html), or the curves alone (.svg)")
		.option("--misclassified <file>", "write the flows with a wrong verdict as CSV")
		.addOption(new Option("--format <format>", "what to print").choices(["table", "json"]).default("table"))
		.option("-q, --quiet", "no progress and no warnings")
		.addHelpText("after", DETAILS)
		.action(evaluateAction);
}

function collected(value: string, earlier: readonly string[] = []): readonly string[] {
	return [...earlier, value];
}

async function evaluateAction(names: string[], flags: EvaluateFlags): Promise<void> {
	if (flags.report !== undefined && !/\.(html?|svg)$/i.test(flags.report)) {
		throw new UsageError(`--report ${flags.report}: its name must end with .html or .svg`);
	}
	const models = flags.model ?? [DEFAULT_MODEL];
	const evaluations = models.map((path) => new Evaluation(basename(path), detectorOf(path, flags), flags.by));
	const misclassified =
		flags.misclassified === undefined
			? undefined
			: new MisclassifiedFile(
					flags.misclassified,
					models.map((path) => basename(path)),
				);
	const malformed = await judge(names, evaluations, misclassified, flags.quiet ?? false);
	await misclassified?.close();
	const results = evaluations.map((evaluation) => evaluation.result(flags.maxFpr));
	if (results[0]!.whole.miners + results[0]!.whole.others === 0) {
		throw new DeCryptoError("labels", "none of the flows has a label Miner or Other in a column LABEL");
	}
	if (!flags.quiet) await warnOfTrainingFiles(names, models);
	await printText(printed(results, flags));
	if (flags.report !== undefined) writeReport(flags.report, results, names, malformed, flags.by);
}

/** Figures on flows that a model has learnt from say nothing of other flows. */
async function warnOfTrainingFiles(names: readonly string[], models: readonly string[]): Promise<void> {
	const hashes = await hashesByName(names);
	for (const path of models) {
		const { card } = openModel(path);
		for (const line of trainingFileWarnings(hashes, card, basename(path))) tell(line);
	}
}

function detectorOf(path: string, flags: EvaluateFlags): Detector {
	const { threshold: mlThreshold, dstThreshold } = flags;
	const settings = {
		...(mlThreshold !== undefined && { mlThreshold }),
		...(dstThreshold !== undefined && { dstThreshold }),
	};
	return createDetector(openModel(path), detectOptionsOf(settings));
}

/** Shows all flows to all models; returns how many rows or records could not be read. */
async function judge(
	names: readonly string[],
	evaluations: readonly Evaluation[],
	misclassified: MisclassifiedFile | undefined,
	quiet: boolean,
): Promise<number> {
	const progress = new Progress(process.stderr, quiet);
	using end = new ShutdownSignal();
	let malformed = 0;
	try {
		for (const name of names) {
			if (end.asked) break;
			const opened = await openInput({ name }, { metering: {}, ...socketDirectory() });
			if (!opened || opened.isCapture)
				throw new UsageError(`${name}: a capture has no labels; evaluate reads labelled flow files`);
			await using source = opened.source;
			end.watch(source);
			progress.follow(name, source.counters);
			for await (const flows of source) {
				for (const [k, evaluation] of evaluations.entries()) {
					const wrong = evaluation.take(flows);
					await misclassified?.write(flows, wrong, k);
				}
				progress.tick();
			}
			malformed += totalMalformed(source.counters);
			progress.clear();
			if (!quiet) for (const warning of source.counters.warnings) tell(warning);
		}
	} finally {
		progress.stop();
	}
	return malformed;
}

function printed(results: readonly EvaluationResult[], flags: EvaluateFlags): string {
	if (flags.format === "json") return `${JSON.stringify(results.map(evaluationFigures), null, "\t")}\n`;
	return `${evaluationText(results, flags.by)}\n`;
}

function writeReport(
	path: string,
	results: readonly EvaluationResult[],
	inputs: readonly string[],
	malformed: number,
	column?: string,
): void {
	const command = `decrypto ${process.argv.slice(2).join(" ")}`;
	const text = /\.svg$/i.test(path)
		? chartsFile(results)
		: reportPage(results, {
				inputs,
				command,
				malformed,
				made: Date.now(),
				version: programVersion(),
				...(column !== undefined && { column }),
			});
	replaceFile(path, text);
}
