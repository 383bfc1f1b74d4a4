import { REASON } from "../detect/verdicts.ts";
import { type Confusion, type Quality, qualityOf, sumOf, totalOf, type VerifyCounts } from "./confusion.ts";

/** Figures of one signal in `--format json`; values with a divisor of 0 are null. */
export interface PathFigures {
	readonly flows: number;
	readonly tp: number;
	readonly fp: number;
	readonly fn: number;
	readonly tn: number;
	readonly accuracy: number | null;
	readonly precision: number | null;
	readonly recall: number | null;
	readonly f1: number | null;
	readonly false_positive_rate: number | null;
}

/** Result of verify mode: figures for each signal that decided flows, and for all flows. */
export interface VerifyFigures {
	readonly paths: {
		readonly stratum: PathFigures;
		readonly dst: PathFigures;
		readonly ml: PathFigures;
		readonly cache: PathFigures;
		/** Flows that no signal could judge: counted as not mining. */
		readonly not_judged: PathFigures;
	};
	readonly all: PathFigures;
	/** Flows with a label other than `Miner` or `Other`; they are excluded from all counts. */
	readonly unlabelled: number;
}

export function verifyFigures(counts: VerifyCounts): VerifyFigures {
	const figures = (path: number) => figuresOf(counts.paths[path]!);
	return {
		paths: {
			stratum: figures(REASON.STRATUM),
			dst: figures(REASON.DST),
			ml: figures(REASON.ML),
			cache: figures(REASON.CACHE),
			not_judged: figures(REASON.NONE),
		},
		all: figuresOf(sumOf(counts.paths)),
		unlabelled: counts.unlabelled,
	};
}

/** The same as a table for people: one line per signal, the last for all. Ends with a line feed. */
export function verifyTable(counts: VerifyCounts): string {
	const { paths, all, unlabelled } = verifyFigures(counts);
	const rows: [string, PathFigures][] = [
		["payload", paths.stratum],
		["server name", paths.dst],
		["shape", paths.ml],
		["cache", paths.cache],
		["not judged", paths.not_judged],
	];
	const cells = [
		["decided by", "flows", "TP", "FP", "FN", "TN", "accuracy", "precision", "recall", "F1", "FP rate"],
		...rows.filter(([, { flows }]) => flows > 0).map(([name, figures]) => cellsOf(name, figures)),
		cellsOf("all", all),
	];
	const widths = cells[0]!.map((_, column) => Math.max(...cells.map((row) => row[column]!.length)));
	const lines = cells.map((row) =>
		row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!))).join("  "),
	);
	const note =
		unlabelled === 0 ? [] : [`${unlabelled} flows have a label other than Miner or Other and are not counted`];
	return `${[...lines, ...note].join("\n")}\n`;
}

function figuresOf(confusion: Confusion): PathFigures {
	const { accuracy, precision, recall, f1, falsePositiveRate }: Quality = qualityOf(confusion);
	const known = (value: number) => (Number.isNaN(value) ? null : value);
	return {
		flows: totalOf(confusion),
		tp: confusion.truePositives,
		fp: confusion.falsePositives,
		fn: confusion.falseNegatives,
		tn: confusion.trueNegatives,
		accuracy: known(accuracy),
		precision: known(precision),
		recall: known(recall),
		f1: known(f1),
		false_positive_rate: known(falsePositiveRate),
	};
}

function cellsOf(name: string, figures: PathFigures): string[] {
	const { flows, tp, fp, fn, tn, accuracy, precision, recall, f1, false_positive_rate } = figures;
	const percent = (value: number | null) => (value === null ? "-" : `${(value * 100).toFixed(2)} %`);
	return [
		name,
		...[flows, tp, fp, fn, tn].map(String),
		...[accuracy, precision, recall, f1].map(percent),
		false_positive_rate === null ? "-" : false_positive_rate.toPrecision(3),
	];
}
