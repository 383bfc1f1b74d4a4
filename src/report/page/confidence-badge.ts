import { CONFIDENCES, type Confidence } from "../../incident/incident.ts";
import { element, type PageElement } from "./element.ts";

/** The confidence in words, with one, two or three bars: colour is never the only sign. */
export function confidenceBadge(confidence: Confidence): PageElement {
	const level = CONFIDENCES.indexOf(confidence);
	const bars = CONFIDENCES.map((_, k) =>
		element("rect", { x: 4 * k, y: 6 - 3 * k, width: 3, height: 5 + 3 * k, class: k > level && "off" }),
	);
	return element(
		"span",
		{ class: `badge ${confidence}` },
		element("svg", { viewBox: "0 0 11 11", "aria-hidden": "true" }, bars),
		confidence,
	);
}
