import { type Ensemble, MAX_FEATURES, MAX_NODES, type Stage } from "../ensemble.ts";
import { type CardFigure, type CardSource, type Model, type ModelCard, minerClass } from "../model.ts";
import { modelError } from "../model-error.ts";
import type { VoteWidth } from "./tree-columns.ts";

/** All of a model but its trees: the JSON at the beginning of a model file. */
export interface ModelHeader extends Omit<Model, "ensemble"> {
	readonly kind: Ensemble["kind"];
	readonly base: number;
	/** Stages of a cascade, if the ensemble has any. */
	readonly stages?: readonly Stage[];
	readonly trees: number;
	readonly nodes: number;
	/** Bytes of a vote. */
	readonly votes: VoteWidth;
}

/** The JSON of a header: {@link readHeader} returns an equal one. In the file a stage's bound is called `giveUpAt`. */
export function writeHeader(header: ModelHeader): string {
	return JSON.stringify({ ...header, ...(header.stages && { stages: header.stages.map(storedStage) }) });
}

function storedStage({ trees, rejectAt }: Stage): { trees: number; giveUpAt: number } {
	return { trees, giveUpAt: rejectAt };
}

/** Reads the header of a model file, field by field, and checks each. Unknown fields are ignored. */
export function readHeader(json: string): ModelHeader {
	let value: unknown;
	try {
		value = JSON.parse(json);
	} catch {
		throw modelError("header: no JSON");
	}
	const header = fieldsOf(value, "header");
	const kind = header.kind;
	if (kind !== "forest" && kind !== "boosted") throw modelError(`header: kind ${JSON.stringify(kind)}`);
	const featureNames = textsOf(header.featureNames, "featureNames");
	if (featureNames.length < 1 || featureNames.length > MAX_FEATURES)
		throw modelError(`${featureNames.length} features`);
	if (new Set(featureNames).size !== featureNames.length) throw modelError("two features of one name");
	const classes = textsOf(header.classes, "classes");
	if (minerClass(classes) < 0) throw modelError("classes: two are needed, one of them called 1 or Miner");
	const { stages, thresholds, reliability } = header;
	return {
		kind,
		base: numberOf(header.base, "base"),
		...(stages !== undefined && { stages: listOf(stages, "stages").map(stageOf) }),
		trees: countOf(header.trees, "trees", 1),
		nodes: countOf(header.nodes, "nodes", 1),
		votes: header.votes === 8 ? 8 : 4,
		featureNames,
		classes,
		...(thresholds !== undefined && { thresholds: thresholdsOf(thresholds) }),
		...(reliability !== undefined && { reliability: shareOf(reliability, "reliability") }),
		card: cardOf(header.card),
	};
}

function stageOf(value: unknown): Stage {
	const { trees, giveUpAt } = fieldsOf(value, "stages");
	return { trees: countOf(trees, "stages.trees", 1), rejectAt: numberOf(giveUpAt, "stages.giveUpAt") };
}

function thresholdsOf(value: unknown): { ml: number; dst: number } {
	const { ml, dst } = fieldsOf(value, "thresholds");
	return { ml: shareOf(ml, "thresholds.ml"), dst: shareOf(dst, "thresholds.dst") };
}

function cardOf(value: unknown): ModelCard {
	const card = fieldsOf(value, "card");
	return {
		name: textOf(card.name, "card.name"),
		origin: textOf(card.origin, "card.origin"),
		...(card.summary !== undefined && { summary: textOf(card.summary, "card.summary") }),
		...(card.parameters !== undefined && { parameters: parametersOf(card.parameters) }),
		...(card.sources !== undefined && { sources: listOf(card.sources, "card.sources").map(sourceOf) }),
		...(card.quality !== undefined && { quality: listOf(card.quality, "card.quality").map(figureOf) }),
		...(card.notes !== undefined && { notes: textsOf(card.notes, "card.notes") }),
	};
}

function parametersOf(value: unknown): Record<string, string | number | boolean | null> {
	const parameters: Record<string, string | number | boolean | null> = {};
	for (const [name, parameter] of Object.entries(fieldsOf(value, "card.parameters"))) {
		const plain = parameter === null || ["string", "number", "boolean"].includes(typeof parameter);
		if (!plain) throw modelError(`card.parameters.${name}: not a plain value`);
		parameters[name] = parameter as string | number | boolean | null;
	}
	return parameters;
}

function sourceOf(value: unknown): CardSource {
	const source = fieldsOf(value, "card.sources");
	return {
		name: textOf(source.name, "card.sources.name"),
		licence: textOf(source.licence, "card.sources.licence"),
		miners: countOf(source.miners, "card.sources.miners", 0),
		others: countOf(source.others, "card.sources.others", 0),
		...(source.weight !== undefined && { weight: shareOf(source.weight, "card.sources.weight") }),
		...(source.sha256 !== undefined && { sha256: textsOf(source.sha256, "card.sources.sha256") }),
	};
}

function figureOf(value: unknown): CardFigure {
	const figure = fieldsOf(value, "card.quality");
	return {
		measure: textOf(figure.measure, "card.quality.measure"),
		value: numberOf(figure.value, "card.quality.value"),
		...(figure.low !== undefined && { low: numberOf(figure.low, "card.quality.low") }),
		...(figure.high !== undefined && { high: numberOf(figure.high, "card.quality.high") }),
		on: textOf(figure.on, "card.quality.on"),
	};
}

function fieldsOf(value: unknown, what: string): Record<string, unknown> {
	if (typeof value !== "object" || value === null || Array.isArray(value)) throw modelError(`${what}: not an object`);
	return value as Record<string, unknown>;
}

function listOf(value: unknown, what: string): unknown[] {
	if (!Array.isArray(value)) throw modelError(`${what}: not a list`);
	return value;
}

function textsOf(value: unknown, what: string): string[] {
	return listOf(value, what).map((text) => textOf(text, what));
}

function textOf(value: unknown, what: string): string {
	if (typeof value !== "string") throw modelError(`${what}: not text`);
	return value;
}

function numberOf(value: unknown, what: string): number {
	if (typeof value !== "number") throw modelError(`${what}: not a number`);
	return value;
}

function shareOf(value: unknown, what: string): number {
	const share = numberOf(value, what);
	if (!(share >= 0 && share <= 1)) throw modelError(`${what}: ${share}, not between 0 and 1`);
	return share;
}

function countOf(value: unknown, what: string, least: number): number {
	const count = numberOf(value, what);
	if (!Number.isInteger(count) || count < least || count > MAX_COUNT) throw modelError(`${what}: ${count}`);
	return count;
}

const MAX_COUNT = 2 ** 40;

export function checkSize({ trees, nodes }: ModelHeader): void {
	if (nodes > MAX_NODES) throw modelError(`${nodes} nodes; at most ${MAX_NODES} are read`);
	if (trees > nodes || (nodes + trees) % 2 !== 0) throw modelError(`${nodes} nodes do not make ${trees} trees`);
}
