import { element, type PageElement } from "./element.ts";

/** One measure of a flow that moved the forest's probability. */
export interface FeatureContribution {
	readonly feature: string;
	readonly value: number;
	/** Change of the probability. */
	readonly effect: number;
}

const ROW = 22;
const NAMES = 250;
const VALUES = 84;

/** Which measures moved the probability, as bars to the right (towards mining) and to the left (against it). */
export function contributionBars(contributions: readonly FeatureContribution[], width = 760): PageElement {
	const most = Math.max(1e-6, ...contributions.map(({ effect }) => Math.abs(effect)));
	const names = Math.min(NAMES, width * 0.42);
	const left = names + 8;
	const right = width - VALUES;
	const hasBoth = contributions.some(({ effect }) => effect < 0);
	const zero = hasBoth ? (left + right) / 2 : left;
	const scale = (right - zero) / most;
	const letters = Math.floor(names / 7);
	return element(
		"svg",
		{
			viewBox: `0 0 ${width} ${contributions.length * ROW + 4}`,
			role: "img",
			"aria-label": contributions.map(({ feature, effect }) => `${feature} ${signed(effect)}`).join(", "),
		},
		contributions.map(({ feature, value, effect }, k) => {
			const length = Math.round(Math.abs(effect) * scale);
			const name = feature.length > letters ? `${feature.slice(0, letters - 1)}…` : feature;
			return element(
				"g",
				{ transform: `translate(0 ${k * ROW})` },
				element("title", {}, `${feature} = ${short(value)}: ${signed(effect)}`),
				element("text", { class: "name", x: names, y: 15, "text-anchor": "end" }, name),
				element("rect", {
					class: effect >= 0 ? "towards" : "against",
					x: effect >= 0 ? zero : zero - length,
					y: 5,
					width: Math.max(1, length),
					height: 12,
					rx: 2,
				}),
				element("text", { x: width, y: 15, "text-anchor": "end" }, signed(effect)),
			);
		}),
		element("line", { class: "axis", x1: zero, x2: zero, y1: 0, y2: contributions.length * ROW + 4 }),
	);
}

function signed(effect: number): string {
	return `${effect >= 0 ? "+" : "−"}${Math.abs(effect).toFixed(3)}`;
}

function short(value: number): string {
	return Number.isInteger(value) ? String(value) : value.toPrecision(4);
}
