import { element, type PageElement } from "../../src/report/page/element.ts";
import type { WhatIf } from "../../src/server/api-types.ts";
import { Picture } from "./drawn.tsx";

const HEIGHT = 200;
const LEFT = 52;
const RIGHT = 16;
const TOP = 14;
const BOTTOM = 34;

interface ThresholdPictureProps {
	readonly points: WhatIf["points"];
	readonly present: number;
	readonly chosen: number;
}

/** Incidents by threshold, as steps; the present threshold and the chosen one as lines. */
export function ThresholdPicture(props: ThresholdPictureProps) {
	return <Picture draw={(width) => thresholdChart(props, width)} />;
}

function thresholdChart({ points, present, chosen }: ThresholdPictureProps, width: number): PageElement {
	const low = Math.min(present, ...points.map(({ threshold }) => threshold));
	const most = Math.max(1, ...points.map(({ incidents }) => incidents));
	const x = (value: number) => round(LEFT + ((value - low) / Math.max(1e-9, 1 - low)) * (width - LEFT - RIGHT));
	const y = (value: number) => round(HEIGHT - BOTTOM - (value / most) * (HEIGHT - TOP - BOTTOM));
	const steps = points.map(({ threshold, incidents }, k) =>
		k === 0 ? `M${x(threshold)} ${y(incidents)}` : `H${x(threshold)}V${y(incidents)}`,
	);
	const ticks = [0, 0.25, 0.5, 0.75, 1].map((share) => low + share * (1 - low));
	return element(
		"svg",
		{ viewBox: `0 0 ${width} ${HEIGHT}`, role: "img", "aria-label": "Incidents by threshold" },
		[0, 0.5, 1].map((share) => {
			const value = Math.round(share * most);
			return element(
				"g",
				{},
				element("line", { class: "grid", x1: LEFT, x2: width - RIGHT, y1: y(value), y2: y(value) }),
				element("text", { x: LEFT - 8, y: y(value) + 4, "text-anchor": "end" }, String(value)),
			);
		}),
		ticks.map((value) => element("text", { x: x(value), y: HEIGHT - 16, "text-anchor": "middle" }, value.toFixed(3))),
		element("text", { x: (LEFT + width - RIGHT) / 2, y: HEIGHT - 2, "text-anchor": "middle" }, "threshold"),
		element("path", { class: "step", d: `${steps.join("")}H${x(1)}` }),
		element("line", { class: "block", x1: x(chosen), x2: x(chosen), y1: TOP, y2: HEIGHT - BOTTOM }),
	);
}

function round(value: number): number {
	return Math.round(value * 10) / 10;
}
