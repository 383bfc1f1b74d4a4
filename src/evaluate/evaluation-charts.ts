import {
	type Axis,
	CHART_HEIGHT,
	CHART_STYLE,
	CHART_WIDTH,
	type Chart,
	chartSvg,
	type Line,
	type Mark,
} from "./chart.ts";
import { qualityOf, sumOf } from "./confusion.ts";
import type { Curve } from "./curves.ts";
import type { EvaluationResult } from "./evaluation.ts";
import { percent } from "./evaluation-text.ts";

/** The ROC curves, the precision–recall curves and the calibration of some models. */
export function evaluationCharts(results: readonly EvaluationResult[]): Chart[] {
	return [rocChart(results), precisionRecallChart(results), calibrationChart(results)];
}

/** The curves side by side as one self-contained SVG file. */
export function chartsFile(results: readonly EvaluationResult[]): string {
	const charts = evaluationCharts(results);
	const width = CHART_WIDTH * charts.length;
	return [
		`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${CHART_HEIGHT}" viewBox="0 0 ${width} ${CHART_HEIGHT}">`,
		`<style>${CHART_STYLE}</style>`,
		...charts.map((chart, k) => chartSvg(chart, k * CHART_WIDTH)),
		"</svg>\n",
	].join("");
}

/**
 * Relevant false-positive rates are far below one percent, so their axis is logarithmic. Its left end stands for 0 and
 * is drawn at half the rate of a single ordinary flow.
 */
function rocChart(results: readonly EvaluationResult[]): Chart {
	const others = Math.max(1, ...results.map(({ whole }) => whole.others));
	const low = 1 / (2 * others);
	const ticks: { value: number; text: string }[] = [{ value: low, text: "0" }];
	for (let power = Math.ceil(Math.log10(1 / others) - 1e-9); power <= 0; power++) {
		ticks.push({
			value: 10 ** power,
			text: power === 0 ? "1" : power === -1 ? "0.1" : `10<tspan dy="-4" font-size="8">${power}</tspan>`,
		});
	}
	const line = (curve: Curve): Line["points"] =>
		curve.points.map(({ truePositives, falsePositives }) => [
			falsePositives / curve.others,
			truePositives / curve.miners,
		]);
	return {
		title: "ROC",
		x: { label: "false-positive rate, share of ordinary flows (logarithmic)", low, high: 1, logarithmic: true, ticks },
		y: share("recall"),
		lines: linesOf(results, line),
		marks: results.flatMap((result, series): Mark[] => {
			const { falsePositiveRate, recall } = qualityOf(sumOf(result.counts.paths));
			const { budget } = result;
			const marks: Mark[] = [];
			if (!Number.isNaN(falsePositiveRate) && !Number.isNaN(recall)) {
				marks.push({
					at: [falsePositiveRate, recall],
					series,
					shape: "circle",
					title: `${result.name} as it decides (-t ${result.thresholds.ml}): recall ${percent(recall)}, false-positive rate ${falsePositiveRate.toPrecision(3)}`,
				});
			}
			if (budget.others > 0 && budget.miners > 0) {
				marks.push({
					at: [budget.falsePositives / budget.others, budget.truePositives / budget.miners],
					series,
					shape: "diamond",
					bar: [budget.recall.low, budget.recall.high],
					title: `${result.name} within the budget of ${budget.budget} (-t ${budget.threshold.toPrecision(4)}): recall ${percent(budget.truePositives / budget.miners)}`,
				});
			}
			return marks;
		}),
	};
}

function precisionRecallChart(results: readonly EvaluationResult[]): Chart {
	const line = (curve: Curve): Line["points"] =>
		curve.points
			.slice(1)
			.map(({ truePositives, falsePositives }) => [
				truePositives / curve.miners,
				truePositives / (truePositives + falsePositives),
			]);
	return {
		title: "Precision and recall",
		x: share("recall"),
		y: share("precision"),
		lines: linesOf(results, line),
		marks: results.flatMap(({ name, counts, thresholds }, series): Mark[] => {
			const { precision, recall } = qualityOf(sumOf(counts.paths));
			if (Number.isNaN(precision) || Number.isNaN(recall)) return [];
			const title = `${name} as it decides (-t ${thresholds.ml}): precision ${percent(precision)}, recall ${percent(recall)}`;
			return [{ at: [recall, precision], series, shape: "circle", title }];
		}),
	};
}

function calibrationChart(results: readonly EvaluationResult[]): Chart {
	return {
		title: "Calibration of the forest",
		x: share("probability given"),
		y: share("share of miners among these flows"),
		reference: [
			[0, 0],
			[1, 1],
		],
		lines: results.map(({ calibration }, series) => ({
			series,
			points: calibration.bins.map(({ predicted, observed }) => [predicted, observed]),
		})),
		marks: results.flatMap(({ name, calibration }, series) =>
			calibration.bins.map(
				({ predicted, observed, interval, flows }): Mark => ({
					at: [predicted, observed],
					series,
					shape: "square",
					bar: [interval.low, interval.high],
					title: `${name}: ${flows} flows given about ${predicted.toFixed(2)}, of which ${percent(observed)} mine`,
				}),
			),
		),
	};
}

function linesOf(results: readonly EvaluationResult[], points: (curve: Curve) => Line["points"]): Line[] {
	return results.flatMap(({ whole, shape }, series) => [
		...(isDrawable(shape) ? [{ points: points(shape), series, dashed: true }] : []),
		...(isDrawable(whole) ? [{ points: points(whole), series }] : []),
	]);
}

function isDrawable({ miners, others }: Curve): boolean {
	return miners > 0 && others > 0;
}

function share(label: string): Axis {
	const ticks = [0, 0.2, 0.4, 0.6, 0.8, 1].map((value) => ({ value, text: String(value) }));
	return { label, low: 0, high: 1, ticks };
}
