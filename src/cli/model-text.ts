import { stagesInWords } from "../forest/cascade.ts";
import type { FeatureDescription, ModelDescription } from "../forest/describe-model.ts";
import type { CardFigure, CardSource } from "../forest/model.ts";
import { grouped } from "../report/quantities.ts";
import { printable, textTable } from "../report/text-table.ts";

const KINDS = { forest: "random forest", boosted: "gradient-boosted trees" } as const;

/** A model's description for people, in lines of at most about `width` columns. Its texts come from a file. */
export function modelText(model: ModelDescription, width: number): string {
	const { card } = model;
	const parts = [
		`${printable(card.name)}: ${KINDS[model.kind]}, made by ${printable(card.origin)}`,
		...(card.summary === undefined ? [] : [printable(card.summary)]),
		factLines(model),
		featureTable(model.features, width),
		...(card.sources === undefined ? [] : [`Trained on\n${sourceTable(card.sources, width)}`]),
		...(card.quality === undefined ? [] : [`Measured\n${qualityTable(card.quality, width)}`]),
		...(card.notes === undefined ? [] : [card.notes.map((note) => `- ${printable(note)}`).join("\n")]),
	];
	return `${parts.join("\n\n")}\n`;
}

function factLines(model: ModelDescription): string {
	const { thresholds, card } = model;
	const lines: [string, string][] = [
		["trees", `${grouped(model.trees)} of depth ${range(model.depth)}, ${range(model.treeNodes)} nodes each`],
		["nodes", `${grouped(model.nodes)}, ${grouped(model.leaves)} of them leaves`],
		...(model.stages.length === 0 ? [] : [["rejected early", stagesInWords(model.stages)] as [string, string]]),
		["classes", `${model.classes.map(printable).join(", ")} (mining is ${printable(model.minerClass)})`],
		[
			"thresholds",
			thresholds
				? `${thresholds.ml} for shape alone (-t), ${thresholds.dst} with a telling server name (-d)`
				: "recommends none",
		],
	];
	if (model.reliability !== null) lines.push(["reliability", String(model.reliability)]);
	const parameters = Object.entries(card.parameters ?? {});
	if (parameters.length > 0) {
		lines.push([
			"parameters",
			parameters.map(([name, value]) => `${printable(name)} ${printable(String(value))}`).join(", "),
		]);
	}
	return lines.map(([name, fact]) => `${name.padEnd(11)}  ${fact}`).join("\n");
}

/** The most important first. */
function featureTable(features: readonly FeatureDescription[], width: number): string {
	const sorted = [...features].sort((a, b) => b.importance - a.importance);
	return textTable(
		[
			{ heading: "feature" },
			{ heading: "importance", align: "right" },
			{ heading: "splits", align: "right" },
			{ heading: "thresholds", align: "right" },
			{ heading: "lowest", align: "right" },
			{ heading: "highest", align: "right" },
		],
		sorted.map((feature) => [
			printable(feature.name),
			feature.importance.toFixed(4),
			grouped(feature.splits),
			grouped(feature.differentThresholds),
			feature.lowest === null ? "" : figure(feature.lowest),
			feature.highest === null ? "" : figure(feature.highest),
		]),
		width,
		plain,
	);
}

function sourceTable(sources: readonly CardSource[], width: number): string {
	return textTable(
		[
			{ heading: "source" },
			{ heading: "licence" },
			{ heading: "miners", align: "right" },
			{ heading: "others", align: "right" },
			{ heading: "weight", align: "right" },
		],
		sources.map(({ name, licence, miners, others, weight }) => [
			printable(name),
			printable(licence),
			grouped(miners),
			grouped(others),
			weight === undefined ? "" : figure(weight),
		]),
		width,
		plain,
	);
}

function qualityTable(figures: readonly CardFigure[], width: number): string {
	return textTable(
		[
			{ heading: "measure" },
			{ heading: "value", align: "right" },
			{ heading: "95 % interval", align: "right" },
			{ heading: "on" },
		],
		figures.map(({ measure, value, low, high, on }) => [
			printable(measure),
			figure(value),
			low === undefined || high === undefined ? "" : `${figure(low)} … ${figure(high)}`,
			printable(on),
		]),
		width,
		plain,
	);
}

function range({ least, most }: { least: number; most: number }): string {
	return least === most ? grouped(least) : `${grouped(least)} to ${grouped(most)}`;
}

/** Five digits that matter, without trailing zeros. */
function figure(value: number): string {
	return String(Number(value.toPrecision(5)));
}

function plain(text: string): string {
	return text;
}
