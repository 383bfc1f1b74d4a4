import { REASON } from "../detect/verdicts.ts";
import { type Confusion, qualityOf, sumOf, totalOf, type VerifyCounts } from "./confusion.ts";

/** The header that the original prints above its counts. */
export interface VerifySettings {
	readonly dstThreshold: number;
	readonly mlThreshold: number;
	readonly modelPath: string;
	readonly cache: boolean;
	readonly filter: boolean;
}

/**
 * The exact text of the original under `-v`, with one difference: its totals omit the flows that the cache decided.
 * Here they are counted, and a line below says so. If no flow was counted (the original divides by zero), the ratios
 * are `nan`.
 */
export function originalVerifyText(counts: VerifyCounts, settings: VerifySettings): string {
	const stratum = counts.paths[REASON.STRATUM]!;
	const dst = counts.paths[REASON.DST]!;
	const ml = counts.paths[REASON.ML]!;
	const cache = counts.paths[REASON.CACHE]!;
	const shape = settings.cache
		? [
				"ML with DST Cache",
				...block(" ML    ", ml, " "),
				"",
				...block(" DST Cache: ", cache, " "),
				"",
				...block(" Together ", sumOf([ml, cache]), " "),
			]
		: ["ML", ...block(" ", ml, " ")];
	const all = sumOf(counts.paths);
	const total = totalOf(all);
	const share = (count: number) => `${count}\t(${pythonGeneral((count / total) * 100, 4)} %)`;
	const quality = qualityOf(all);
	const lines = [
		`DST Threshold        => ${pythonFloat(settings.dstThreshold)}`,
		`ML Threshold         => ${pythonFloat(settings.mlThreshold)}`,
		`ML Model Path        => ${settings.modelPath}`,
		`Use DST Cache        => ${pythonBoolean(settings.cache)}`,
		`443 Filter           => ${pythonBoolean(settings.filter)}`,
		"",
		"Stratum",
		...block(" ", stratum, " "),
		"",
		"DST",
		...block(" ", dst, " "),
		"",
		...shape,
		"",
		`TP: ${share(all.truePositives)}`,
		`FP: ${share(all.falsePositives)}`,
		`FN: ${share(all.falseNegatives)}`,
		`TN: ${share(all.trueNegatives)}`,
		`Total flows processed: ${total}`,
		"",
		`Accuracy  = ${percent(quality.accuracy)} %`,
		`Precision = ${percent(quality.precision)} %`,
	];
	if (settings.cache) {
		lines.push(
			"",
			`With the ${totalOf(cache)} flows that the cache decided, which the original leaves out of its totals`,
		);
	}
	if (counts.unlabelled > 0) {
		lines.push("", `Not counted: ${counts.unlabelled} flows with a label other than Miner or Other`);
	}
	return `${lines.join("\n")}\n`;
}

function block(title: string, confusion: Confusion, indent: string): string[] {
	const { truePositives, falsePositives, falseNegatives, trueNegatives } = confusion;
	const quality = qualityOf(confusion);
	return [
		`${title}{ TP = ${truePositives} ; FP = ${falsePositives} ; FN = ${falseNegatives} ; TN = ${trueNegatives} }`,
		`${indent}Total  = ${totalOf(confusion)}`,
		`${indent}Accuracy  = ${percent(quality.accuracy)} %`,
		`${indent}Precision = ${percent(quality.precision)} %`,
	];
}

function pythonBoolean(value: boolean): string {
	return value ? "True" : "False";
}

/** Python's `str` of a float of 0 … 1. */
function pythonFloat(value: number): string {
	return Number.isInteger(value) ? `${value}.0` : String(value).replace(/e-(\d)$/, "e-0$1");
}

/** Python's `f'{ratio * 100:.04f}'`. */
function percent(ratio: number): string {
	return Number.isNaN(ratio) ? "nan" : fixed(ratio * 100, 4);
}

/**
 * Python's `f'{value:.4}'` (4 is `digits`): this many significant digits, without trailing zeros but with at least one
 * decimal.
 */
export function pythonGeneral(value: number, digits: number): string {
	if (Number.isNaN(value)) return "nan";
	if (value === 0) return "0.0";
	const [mantissa, power] = value.toExponential(digits - 1).split("e") as [string, string];
	const exponent = Number(power);
	if (exponent < -4 || exponent >= digits) {
		const sign = exponent < 0 ? "-" : "+";
		return `${withoutTrailingZeros(mantissa)}e${sign}${String(Math.abs(exponent)).padStart(2, "0")}`;
	}
	const plain = withoutTrailingZeros(fixed(value, digits - 1 - exponent));
	return plain.includes(".") ? plain : `${plain}.0`;
}

/** Rounds to this many decimals, half to even as in Python (JavaScript rounds half up). */
export function fixed(value: number, decimals: number): string {
	const up = value.toFixed(decimals);
	const digits = value.toFixed(20);
	const cut = digits.slice(0, digits.indexOf(".") + 1 + decimals);
	const isTie = /^50*$/.test(digits.slice(cut.length));
	return isTie && Number(up.at(-1)) % 2 === 1 ? cut : up;
}

function withoutTrailingZeros(text: string): string {
	return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}
