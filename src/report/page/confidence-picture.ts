import { CONFIDENCES, type Confidence } from "../../incident/incident.ts";
import { counted } from "../quantities.ts";
import { secondTicks } from "./axis-ticks.ts";
import { element, type PageElement } from "./element.ts";
import { minuteText, timeText } from "./time-text.ts";

export interface ConfidenceOverTime {
	/** Microseconds since the epoch; the end of the picture. */
	readonly until: number;
	/** The history, oldest first. */
	readonly events: readonly { readonly at: number; readonly kind: string; readonly confidence: Confidence }[];
	/** Flows with the score each was given, 0 … 1, where there was one. */
	readonly flows: readonly { readonly at: number; readonly score?: number | undefined }[];
}

const HEIGHT = 170;
const LEFT = 78;
const RIGHT = 16;
const TOP = 10;
const BOTTOM = 28;
const BAND = (HEIGHT - TOP - BOTTOM) / CONFIDENCES.length;

/** Confidence as a step line over its three bands; each flow as a dot, higher the higher its score. */
export function confidencePicture({ until, events, flows }: ConfidenceOverTime, width = 760): PageElement {
	const times = [...events.map(({ at }) => at), ...flows.map(({ at }) => at)];
	const first = Math.min(until, ...times);
	const last = Math.max(first + 1e6, until, ...times);
	const x = (at: number) => round(LEFT + ((at - first) / (last - first)) * (width - LEFT - RIGHT));
	const level = (confidence: Confidence) => TOP + BAND * (2.5 - CONFIDENCES.indexOf(confidence));
	const score = (value: number) => round(HEIGHT - BOTTOM - value * (HEIGHT - TOP - BOTTOM));
	return element(
		"svg",
		{
			viewBox: `0 0 ${width} ${HEIGHT}`,
			role: "img",
			"aria-label": `Confidence over time: ${counted(events.length, "event")}, ${counted(flows.length, "flow")}`,
		},
		CONFIDENCES.flatMap((confidence, k) => [
			element("rect", {
				class: `band ${confidence}`,
				x: LEFT,
				y: round(TOP + BAND * (2 - k)),
				width: width - LEFT - RIGHT,
				height: round(BAND),
			}),
			element("text", { x: LEFT - 8, y: round(level(confidence) + 4), "text-anchor": "end" }, confidence),
		]),
		secondTicks((last - first) / 1e6, (width - LEFT) / 130).map((seconds) =>
			element(
				"text",
				{
					x: Math.min(x(first + seconds * 1e6), width - 50),
					y: HEIGHT - 9,
					"text-anchor": seconds === 0 ? "start" : "middle",
				},
				tickTime(first + seconds * 1e6, last - first, seconds === 0),
			),
		),
		flows.map(({ at, score: value }) =>
			value === undefined
				? undefined
				: element(
						"circle",
						{ class: "dot", cx: x(at), cy: score(value), r: 3 },
						element("title", {}, `flow of ${timeText(at)} UTC: score ${value.toFixed(3)}`),
					),
		),
		stepPath(events, until, x, level),
		events.map(({ at, kind, confidence }) =>
			element(
				"circle",
				{ cx: x(at), cy: level(confidence), r: 3.5, fill: "currentColor" },
				element("title", {}, `${kind} ${timeText(at)} UTC: ${confidence}`),
			),
		),
	);
}

function stepPath(
	events: ConfidenceOverTime["events"],
	until: number,
	x: (at: number) => number,
	level: (confidence: Confidence) => number,
): PageElement | undefined {
	if (events.length === 0) return undefined;
	let path = `M${x(events[0]!.at)} ${level(events[0]!.confidence)}`;
	for (const { at, confidence } of events) path += `H${x(at)}V${level(confidence)}`;
	const isClosed = events.at(-1)!.kind === "closed";
	return element("path", { class: "step", d: isClosed ? path : `${path}H${x(until)}` });
}

/** The first tick has the date; the others have the time of day, or the date where the span is of days. */
function tickTime(at: number, span: number, isFirst: boolean): string {
	const text = minuteText(at);
	if (isFirst) return text;
	return span > 2 * 86_400e6 ? text.slice(5, 10) : text.slice(11);
}

function round(value: number): number {
	return Math.round(value * 10) / 10;
}
