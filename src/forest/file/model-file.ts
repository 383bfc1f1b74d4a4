import { createHash } from "node:crypto";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { ByteCursor } from "../../bytes/cursor.ts";
import { cascaded } from "../cascade.ts";
import { ensembleOf, treeCount } from "../ensemble.ts";
import type { Model } from "../model.ts";
import { modelError } from "../model-error.ts";
import { checkSize, type ModelHeader, readHeader, writeHeader } from "./model-header.ts";
import { columnsSize, readColumns, voteWidth, writeColumns } from "./tree-columns.ts";

/**
 * A model file:
 *
 *   8 bytes  0x89 "DCM" CR LF 0x1a LF: as in PNG, so that a transfer in text mode is detected
 *   u32      version of the format: 1, or 2 if there are stages (integers are little-endian)
 *   u32      length of the header
 *   u32      length of the trees, compressed
 *   header   JSON, UTF-8: names, thresholds, card, number of trees and nodes (model-header.ts)
 *   trees    columns (tree-columns.ts), compressed by DEFLATE (RFC 1951)
 *   32 bytes SHA-256 of everything before
 */
const MAGIC = Uint8Array.of(0x89, 0x44, 0x43, 0x4d, 0x0d, 0x0a, 0x1a, 0x0a);
const VERSIONS = { withoutStages: 1, withStages: 2 } as const;
const FIXED_SIZE = MAGIC.length + 12;
const DIGEST_SIZE = 32;
const MAX_HEADER_SIZE = 1 << 20;

export function isModelFile(bytes: Uint8Array): boolean {
	return MAGIC.every((byte, i) => bytes[i] === byte);
}

/** Deterministic: equal models have equal bytes. */
export function saveModel(model: Model): Uint8Array {
	const { ensemble, ...rest } = model;
	const hasStages = ensemble.stages.length > 0;
	const votes = voteWidth(ensemble);
	const header: ModelHeader = {
		kind: ensemble.kind,
		base: ensemble.base,
		...(hasStages && { stages: ensemble.stages }),
		trees: treeCount(ensemble),
		nodes: ensemble.feature.length,
		votes,
		...rest,
	};
	const json = Buffer.from(writeHeader(header), "utf8");
	if (json.length > MAX_HEADER_SIZE) throw modelError(`a card of ${json.length} bytes is too long`);
	const trees = deflateRawSync(writeColumns(ensemble, votes), { level: 9 });
	const fixed = Buffer.alloc(FIXED_SIZE);
	fixed.set(MAGIC);
	fixed.writeUInt32LE(hasStages ? VERSIONS.withStages : VERSIONS.withoutStages, MAGIC.length);
	fixed.writeUInt32LE(json.length, MAGIC.length + 4);
	fixed.writeUInt32LE(trees.length, MAGIC.length + 8);
	const content = Buffer.concat([fixed, json, trees]);
	return Buffer.concat([content, digestOf(content)]);
}

/** Reads what {@link saveModel} wrote. Throws (code `model`) if the file is damaged or was forged. */
export function readModelFile(bytes: Uint8Array): Model {
	const cursor = new ByteCursor(bytes);
	cursor.skip(MAGIC.length);
	const version = cursor.u32le();
	const headerSize = cursor.u32le();
	const treesSize = cursor.u32le();
	if (!cursor.failed && !Object.values(VERSIONS).some((known) => known === version)) {
		const known = Object.values(VERSIONS).join(" and ");
		throw modelError(`model file of version ${version}; this program reads versions ${known}`, { version });
	}
	const json = cursor.view(headerSize);
	const trees = cursor.view(treesSize);
	const digest = cursor.view(DIGEST_SIZE);
	if (cursor.failed || cursor.remaining > 0) throw modelError("model file: cut short, or longer than it says");
	if (!digestOf(bytes.subarray(0, bytes.length - DIGEST_SIZE)).equals(digest)) {
		throw modelError("model file: damaged, its checksum does not fit");
	}
	if (headerSize > MAX_HEADER_SIZE) throw modelError(`model file: a header of ${headerSize} bytes`);
	// The checksum detects accidents, not intent: everything below is checked, too.
	const {
		kind,
		base,
		stages,
		trees: count,
		nodes,
		votes,
		...rest
	} = checked(readHeader(Buffer.from(json).toString("utf8")));
	const columns = inflated(trees, columnsSize(count, nodes, votes));
	const ensemble = ensembleOf(kind, base, rest.featureNames.length, readColumns(columns, count, nodes, votes));
	return { ...rest, ensemble: cascaded(ensemble, stages ?? []) };
}

function checked(header: ModelHeader): ModelHeader {
	checkSize(header);
	return header;
}

function inflated(packed: Uint8Array, size: number): Uint8Array {
	let columns: Uint8Array;
	try {
		columns = inflateRawSync(packed, { maxOutputLength: size });
	} catch {
		throw modelError("model file: its trees cannot be decompressed");
	}
	if (columns.length !== size) throw modelError(`model file: trees of ${columns.length} bytes, not ${size}`);
	return columns;
}

function digestOf(content: Uint8Array): Buffer {
	return createHash("sha256").update(content).digest();
}
