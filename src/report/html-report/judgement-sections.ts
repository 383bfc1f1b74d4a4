import { element, type PageElement } from "../page/element.ts";
import { scrolled } from "../page/scrolled.ts";
import { byteSize, counted, duration, grouped } from "../quantities.ts";
import type { ReportContents, ReportInput } from "./report-contents.ts";

const RULES = [
	"Payload that speaks a mining protocol decides alone.",
	"Server names, pool lists and the shape of the traffic (sizes and times of the packets) are combined by Dempster's rule; evidence that says nothing changes nothing.",
	"An incident is suspected, probable or confirmed by fixed rules over all of its flows; confirmed means that a mining protocol was seen together with an answer of the pool.",
];

/** Version, model, thresholds, rules: enough to repeat the judgement. */
export function howItWasJudged({ origin, totals }: ReportContents): PageElement {
	const { version, model, thresholds, rules, command } = origin;
	const pairs: (readonly [string, PageElement | string])[] = [
		["program", `DeCrypto ${version}`],
		["command", element("code", {}, command)],
		["model", `${model.name} (${model.origin})`],
		["SHA-256 of the model", element("code", {}, model.sha256)],
		["shape alone decides above", String(thresholds.ml)],
		["all signals together decide above", String(thresholds.dst)],
		["duration of the run", duration(totals.seconds)],
	];
	return element(
		"div",
		{},
		element(
			"dl",
			{},
			pairs.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)]),
		),
		list([...RULES, ...rules]),
	);
}

/** What the report is silent about, and why. */
export function whatWasNotJudged({ totals, failures, furtherIncidents }: ReportContents): PageElement {
	const malformed = Object.entries(totals.malformed);
	const lines = [
		...failures,
		...(totals.not_judged_by_shape > 0
			? [
					`${counted(totals.not_judged_by_shape, "flow")} had too few listed packets for a judgement by shape; payload and server names were looked at where present.`,
				]
			: []),
		...malformed.map(([reason, times]) => `Skipped ${counted(times, "time")}: ${reason}.`),
		...totals.warnings,
		...(furtherIncidents > 0 ? [`${counted(furtherIncidents, "incident")} beyond the bound of this report.`] : []),
	];
	return lines.length === 0
		? element("p", {}, "Every packet and flow of the inputs was read and judged.")
		: list(lines);
}

export function inputsTable(inputs: readonly ReportInput[]): PageElement {
	if (inputs.length === 0) return element("p", {}, "No input could be read.");
	const numbers = ["bytes", "packets", "flows", "skipped"];
	return scrolled(
		"Inputs",
		element(
			"table",
			{},
			element(
				"thead",
				{},
				element(
					"tr",
					{},
					["input", "SHA-256"].map((name) => element("th", { scope: "col" }, name)),
					numbers.map((name) => element("th", { scope: "col", class: "number" }, name)),
				),
			),
			element(
				"tbody",
				{},
				inputs.map(({ name, sha256, bytes, packets, flows, malformed }) =>
					element(
						"tr",
						{},
						element("th", { scope: "row" }, element("bdi", {}, name)),
						element("td", { class: "hash" }, sha256 ?? "none: it can be read only once"),
						[byteSize(bytes), packets > 0 ? grouped(packets) : "–", grouped(flows), grouped(malformed)].map((figure) =>
							element("td", { class: "number" }, figure),
						),
					),
				),
			),
		),
	);
}

function list(lines: readonly string[]): PageElement {
	return element(
		"ul",
		{ class: "plain" },
		lines.map((line) => element("li", {}, element("bdi", {}, line))),
	);
}
