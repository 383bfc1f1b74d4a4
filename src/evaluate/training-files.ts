import { createHash } from "node:crypto";
import { createReadStream, statSync } from "node:fs";
import { basename } from "node:path";
import { pipeline } from "node:stream/promises";
import type { CardFigure, ModelCard } from "../forest/model.ts";

/** SHA-256 as hexadecimal digits of each of `paths` that is a regular file: a stream or socket can be read only once. */
export async function hashesByName(paths: readonly string[]): Promise<ReadonlyMap<string, string>> {
	const hashes = new Map<string, string>();
	for (const path of paths) {
		if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) continue;
		const hash = createHash("sha256");
		await pipeline(createReadStream(path), hash);
		hashes.set(path, hash.digest("hex"));
	}
	return hashes;
}

export async function fileHashes(paths: readonly string[]): Promise<readonly string[]> {
	return [...(await hashesByName(paths)).values()];
}

/**
 * A sentence for each file from which the model was trained: figures on it flatter the model. The card's figures on flows
 * that were kept out of training are named instead, if it has any.
 */
export function trainingFileWarnings(hashes: ReadonlyMap<string, string>, card: ModelCard, model: string): string[] {
	const known = new Set((card.sources ?? []).flatMap(({ sha256 = [] }) => sha256));
	const seen = [...hashes].filter(([, hash]) => known.has(hash)).map(([path]) => basename(path));
	if (seen.length === 0) return [];
	const better = (card.quality ?? []).map(figureText);
	const advice = better.length > 0 ? `; on flows kept out of training: ${better.join(", ")}` : "";
	return [`${model} was trained on ${seen.join(", ")}: the figures on it say little about other flows${advice}`];
}

function figureText({ measure, value }: CardFigure): string {
	return `${measure} ${value.toFixed(4)}`;
}
