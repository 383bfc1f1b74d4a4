import { terminalText } from "../bytes/terminal-text.ts";
import type { BudgetedThreshold } from "./budget.ts";
import { qualityOf, sumOf, totalOf } from "./confusion.ts";
import type { EvaluationResult } from "./evaluation.ts";
import type { Interval } from "./interval.ts";
import { verifyTable } from "./verify-report.ts";

/** The evaluation as text for a terminal, one part per model. */
export function evaluationText(results: readonly EvaluationResult[], column?: string): string {
	return results.map((result) => modelText(result, column)).join("\n\n");
}

function modelText(result: EvaluationResult, column?: string): string {
	const { name, thresholds, whole, shape, calibration } = result;
	return [
		`${name}   -t ${thresholds.ml}  -d ${thresholds.dst}`,
		"",
		verifyTable(result.counts).trimEnd(),
		...(column === undefined ? [] : ["", groupTable(result, column)]),
		"",
		`all signals     area under the ROC curve ${figure(whole.area)}, average precision ${figure(whole.averagePrecision)} (${flows(whole.miners)} of miners, ${flows(whole.others)} of others)`,
		`shape alone     area under the ROC curve ${figure(shape.area)}, average precision ${figure(shape.averagePrecision)} (${flows(shape.miners)} of miners, ${flows(shape.others)} of others could be judged)`,
		`calibration     Brier score ${figure(calibration.brier)}, mean error ${figure(calibration.error)}`,
		...budgetText(result.budget),
	].join("\n");
}

/** The result of the threshold for the budget, with its uncertainty. */
export function budgetText(budget: BudgetedThreshold): string[] {
	const { kept, threshold, falsePositives, others, falsePositiveRate, truePositives, miners, recall, assured } = budget;
	const found = `${falsePositives} false positives in ${others.toLocaleString("en")} (true rate ${interval(falsePositiveRate)}), recall ${percent(truePositives / miners)} (${interval(recall)})`;
	if (!kept) return [`budget ${budget.budget}   no -t keeps it, for payload and server names alone make ${found}`];
	return [
		`budget ${budget.budget}   -t ${threshold.toPrecision(6)} keeps it here: ${found}`,
		assured
			? "                with 95 % confidence also on other flows like these"
			: `                on other flows it may not: to be sure with 95 % confidence takes ${budget.flowsNeeded.toLocaleString("en")} ordinary flows without a false positive`,
	];
}

function groupTable({ groups }: EvaluationResult, column: string): string {
	const rows = groups.map(({ value, counts }) => {
		const all = sumOf(counts.paths);
		const { accuracy, precision, recall, f1, falsePositiveRate } = qualityOf(all);
		const { truePositives, falsePositives, falseNegatives, trueNegatives } = all;
		return [
			value === "" ? "(empty)" : terminalText(value),
			...[totalOf(all), truePositives, falsePositives, falseNegatives, trueNegatives].map(String),
			...[accuracy, precision, recall, f1].map(percent),
			Number.isNaN(falsePositiveRate) ? "-" : falsePositiveRate.toPrecision(3),
		];
	});
	const heading = [
		terminalText(column),
		"flows",
		"TP",
		"FP",
		"FN",
		"TN",
		"accuracy",
		"precision",
		"recall",
		"F1",
		"FP rate",
	];
	const cells = [heading, ...rows];
	const widths = heading.map((_, k) => Math.max(...cells.map((row) => row[k]!.length)));
	return cells
		.map((row) => row.map((cell, k) => (k === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[k]!))).join("  "))
		.join("\n");
}

export function interval({ low, high }: Interval): string {
	return `${short(low)} … ${short(high)}`;
}

export function percent(value: number): string {
	return Number.isNaN(value) ? "-" : `${(100 * value).toFixed(2)} %`;
}

export function figure(value: number): string {
	return Number.isNaN(value) ? "-" : value.toFixed(4);
}

function short(value: number): string {
	return value === 0 || value === 1 ? String(value) : value.toPrecision(3);
}

function flows(count: number): string {
	return `${count.toLocaleString("en")} flows`;
}
