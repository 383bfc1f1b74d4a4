import { REASON } from "../detect/verdicts.ts";
import { timeText } from "../report/page/time-text.ts";
import { DESIGN_TOKENS } from "../report/page/tokens.ts";
import { CHART_STYLE, chartSvg, escapeMarkup } from "./chart.ts";
import { type Confusion, qualityOf, sumOf, totalOf } from "./confusion.ts";
import type { EvaluationResult } from "./evaluation.ts";
import { evaluationCharts } from "./evaluation-charts.ts";
import { figure, percent } from "./evaluation-text.ts";
import { clopperPearson, type Interval } from "./interval.ts";
import { PAGE_STYLE } from "./report-style.ts";

/** The page's information about the origin of its figures. */
export interface ReportContext {
	readonly inputs: readonly string[];
	readonly command: string;
	/** Rows, records and messages of the inputs that could not be read. */
	readonly malformed: number;
	readonly column?: string;
	/** Creation time, milliseconds since the epoch, and version of the program. */
	readonly made: number;
	readonly version: string;
}

/**
 * The evaluation as one HTML page without scripts or external resources, light or dark by the reader's preference, and
 * printable.
 */
export function reportPage(results: readonly EvaluationResult[], context: ReportContext): string {
	const { miners, others } = results[0]!.whole;
	return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>DeCrypto: evaluation</title>
<style>${DESIGN_TOKENS}${PAGE_STYLE}${CHART_STYLE}</style>
</head>
<body>
<header>
<h1>Evaluation</h1>
<p>${count(miners + others)} labelled flows, ${count(miners)} of miners and ${count(others)} of others, from
${context.inputs.map((name) => `<code>${escapeMarkup(name)}</code>`).join(", ")}${context.malformed > 0 ? `; ${count(context.malformed)} rows or records could not be read` : ""}.</p>
</header>
<section class="cards">
${results.map(card).join("\n")}
</section>
<section>
<h2>Curves</h2>
<p class="legend">${results.map(({ name }, k) => `<span class="key k${k % 4}"></span>${escapeMarkup(name)}`).join(" ")}
<span class="note">— all signals, - - shape alone, ○ as the detector decides, □ flows of about equal probability, ◇ within the budget of ${results[0]!.budget.budget} false positives (bar: 95 % confidence)</span></p>
<div class="charts">
${evaluationCharts(results)
	.map((chart) => `<figure>${chartSvg(chart)}</figure>`)
	.join("\n")}
</div>
</section>
<section>
<h2>By the signal that decided</h2>
${results.map((result) => table(results.length > 1 ? result.name : "", "signal", pathRows(result))).join("\n")}
</section>
${groupSection(results, context.column)}
<section>
<h2>Thresholds for a budget of false positives</h2>
${budgetTable(results)}
<p class="note">The threshold was chosen on these flows, so other flows will do a little worse. Intervals are
Clopper–Pearson's at 95 %: no false positive in n flows means a rate of up to about 3.7 / n, not zero.</p>
</section>
${featureSection(results)}
<footer><p>Made on ${timeText(context.made * 1000)} UTC by DeCrypto ${escapeMarkup(context.version)}: <code>${escapeMarkup(context.command)}</code></p></footer>
</body>
</html>
`;
}

function card({ name, thresholds, counts, whole, shape, calibration }: EvaluationResult, k: number): string {
	const all = sumOf(counts.paths);
	const { accuracy, precision, recall, f1 } = qualityOf(all);
	const recallInterval = clopperPearson(all.truePositives, all.truePositives + all.falseNegatives);
	const alarms = clopperPearson(all.falsePositives, all.falsePositives + all.trueNegatives);
	return `<article class="card k${k % 4}">
<h2>${escapeMarkup(name)}</h2>
<p class="note">-t ${thresholds.ml}, -d ${thresholds.dst}</p>
<dl>
<div><dt>Recall</dt><dd>${percent(recall)}<small>${rateInterval(recallInterval)}</small></dd></div>
<div><dt>False positives</dt><dd>${count(all.falsePositives)}<small>${rateInterval(alarms)} of ordinary flows</small></dd></div>
<div><dt>Precision</dt><dd>${percent(precision)}</dd></div>
<div><dt>F1</dt><dd>${percent(f1)}</dd></div>
<div><dt>Accuracy</dt><dd>${percent(accuracy)}</dd></div>
<div><dt>Area under ROC</dt><dd>${figure(whole.area)}<small>shape alone ${figure(shape.area)}</small></dd></div>
<div><dt>Brier score</dt><dd>${figure(calibration.brier)}<small>calibration error ${figure(calibration.error)}</small></dd></div>
</dl>
</article>`;
}

type NamedCounts = readonly [name: string, counts: Confusion];

function pathRows({ counts }: EvaluationResult): NamedCounts[] {
	const rows: NamedCounts[] = [
		["payload", counts.paths[REASON.STRATUM]!],
		["server name", counts.paths[REASON.DST]!],
		["shape", counts.paths[REASON.ML]!],
		["cache", counts.paths[REASON.CACHE]!],
		["none could judge", counts.paths[REASON.NONE]!],
	];
	return [...rows.filter(([, counts]) => totalOf(counts) > 0), ["all", sumOf(counts.paths)]];
}

function groupSection(results: readonly EvaluationResult[], column: string | undefined): string {
	if (column === undefined) return "";
	const tables = results.map((result) => {
		const rows = result.groups.map(
			({ value, counts }): NamedCounts => [value === "" ? "(empty)" : value, sumOf(counts.paths)],
		);
		return table(results.length > 1 ? result.name : "", column, rows);
	});
	return `<section>\n<h2>By ${escapeMarkup(column)}</h2>\n${tables.join("\n")}\n</section>`;
}

function table(caption: string, heading: string, rows: readonly NamedCounts[]): string {
	// Recall is first because a narrow screen shows only the first columns.
	const head = [heading, "recall", "", "precision", "F1", "FP of ordinary flows", "flows", "TP", "FP", "FN", "TN"];
	const body = rows.map(([name, confusion]) => {
		const { precision, recall, f1, falsePositiveRate } = qualityOf(confusion);
		const { truePositives, falsePositives, falseNegatives, trueNegatives } = confusion;
		const cells = [
			percent(recall),
			Number.isNaN(recall)
				? ""
				: `<span class="meter"><span style="width:${(100 * recall).toFixed(1)}%"></span></span>`,
			percent(precision),
			percent(f1),
			rate(falsePositiveRate),
			...[totalOf(confusion), truePositives, falsePositives, falseNegatives, trueNegatives].map(count),
		];
		return `<tr><th scope="row">${escapeMarkup(name)}</th>${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`;
	});
	return `<div class="scroll"><table>${caption && `<caption>${escapeMarkup(caption)}</caption>`}
<thead><tr>${head.map((cell) => `<th scope="col">${escapeMarkup(cell)}</th>`).join("")}</tr></thead>
<tbody>${body.join("\n")}</tbody></table></div>`;
}

function budgetTable(results: readonly EvaluationResult[]): string {
	const rows = results.map(({ name, budget }) => {
		const cells = [
			rate(budget.budget),
			budget.kept ? budget.threshold.toPrecision(6) : "none",
			`${count(budget.falsePositives)} of ${count(budget.others)}`,
			rateInterval(budget.falsePositiveRate),
			percent(budget.truePositives / budget.miners),
			rateInterval(budget.recall),
			!budget.kept
				? "no: payload and server names alone exceed it"
				: budget.assured
					? "yes"
					: `no: takes ${count(budget.flowsNeeded)} ordinary flows without one`,
		];
		return `<tr><th scope="row">${escapeMarkup(name)}</th>${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`;
	});
	const head = [
		"model",
		"budget, of ordinary flows",
		"-t",
		"false positives",
		"true rate, of ordinary flows",
		"recall",
		"true recall",
		"assured",
	];
	return `<div class="scroll"><table><thead><tr>${head.map((cell) => `<th scope="col">${cell}</th>`).join("")}</tr></thead>
<tbody>${rows.join("\n")}</tbody></table></div>`;
}

/** The features of each model: those of the first one, and for the others the differences. */
function featureSection(results: readonly EvaluationResult[]): string {
	const [first, ...others] = results;
	const names = (features: readonly string[]) => features.map((name) => `<code>${escapeMarkup(name)}</code>`).join(" ");
	const part = (summary: string, features: readonly string[]) =>
		`<details><summary>${summary}</summary><p>${names(features)}</p></details>`;
	const differences = others.flatMap(({ name, features }) => {
		const added = features.filter((feature) => !first!.features.includes(feature));
		const omitted = first!.features.filter((feature) => !features.includes(feature));
		if (added.length + omitted.length === 0) return [`<p>${escapeMarkup(name)}: the same features</p>`];
		return [
			part(`${escapeMarkup(name)}: ${count(added.length)} features added`, added),
			part(`${escapeMarkup(name)}: ${count(omitted.length)} features left out`, omitted),
		];
	});
	const all = part(`${escapeMarkup(first!.name)}: ${count(first!.features.length)} features`, first!.features);
	return `<section>\n<h2>Features</h2>\n${[all, ...differences].join("\n")}\n</section>`;
}

/** A share in percent, with the significant digits. */
function rate(share: number): string {
	if (Number.isNaN(share)) return "-";
	return share === 0 ? "0 %" : `${Number((100 * share).toPrecision(3))} %`;
}

function rateInterval({ low, high }: Interval): string {
	return `${rate(low)} … ${rate(high)}`;
}

function count(value: number): string {
	return value.toLocaleString("en");
}
