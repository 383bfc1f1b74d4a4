import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { deflateRawSync } from "node:zlib";
import fc from "fast-check";
import { needsShared, sharedPath } from "../../../lab/shared-data.ts";
import { DeCryptoError } from "../../bytes/error.ts";
import { cascaded } from "../cascade.ts";
import { type Ensemble, ensembleOf, LEAF } from "../ensemble.ts";
import { featureImportances } from "../importance.ts";
import type { Model } from "../model.ts";
import { loadModel } from "../open-model.ts";
import { referenceProbability } from "../predictor.oracle.testing.ts";
import { arbitraryEnsemble, arbitraryRows } from "../testing.ts";
import { saveModel } from "./model-file.ts";

function modelOf(ensemble: Ensemble): Model {
	return {
		featureNames: Array.from({ length: ensemble.featureCount }, (_, f) => `feature ${f}`),
		classes: ["Other", "Miner"],
		thresholds: { ml: 0.97, dst: 0.4 },
		reliability: 0.9,
		ensemble,
		card: {
			name: "test",
			origin: "a test",
			summary: "Größe ≥ 1",
			parameters: { rounds: 3, seed: null, fast: true, how: "so" },
			sources: [{ name: "one", licence: "CC0-1.0", miners: 1, others: 2, weight: 0.5 }],
			quality: [{ measure: "recall", value: 0.9, low: 0.8, high: 0.95, on: "flows" }],
			notes: ["none"],
		},
	};
}

test("the bound of a stage is called giveUpAt in the file, as in files that exist", () => {
	const stages = [{ trees: 1, rejectAt: -2.5 }];
	const leaf = {
		feature: Int16Array.of(LEAF),
		threshold: new Float64Array(1),
		right: new Int32Array(1),
		value: Float64Array.of(0.5),
		weight: Float64Array.of(1),
		gain: new Float64Array(1),
	};
	const bytes = saveModel(modelOf(cascaded(ensembleOf("boosted", 0, 1, [leaf, leaf]), stages)));
	assert.match(Buffer.from(bytes).toString("latin1"), /"stages":\[\{"trees":1,"giveUpAt":-2\.5\}\]/);
	assert.deepEqual(loadModel(bytes).ensemble.stages, stages);
});

const ORIGINAL = "golden/detector/model/data_symmetry.pickle";

test("a model that was saved and read is the same model, and gives the same probabilities bit by bit", () => {
	const cases = arbitraryEnsemble().chain((ensemble) =>
		fc.tuple(fc.constant(ensemble), arbitraryRows(ensemble.featureCount)),
	);
	fc.assert(
		fc.property(cases, ([ensemble, rows]) => {
			const model = modelOf(ensemble);
			const bytes = saveModel(model);
			const read = loadModel(bytes);
			const { ensemble: readEnsemble, ...rest } = read;
			const { ensemble: _, ...wanted } = model;
			assert.deepEqual(rest, wanted);
			for (let row = 0; row < rows.length; row += ensemble.featureCount) {
				assert.equal(referenceProbability(readEnsemble, rows, row), referenceProbability(ensemble, rows, row));
			}
			assert.deepEqual(saveModel(read), bytes);
		}),
		{ numRuns: 300 },
	);
});

test("the original's model as a file of ours is a fraction of its size, with the same importances", {
	skip: needsShared(ORIGINAL),
}, (t) => {
	const pickle = readFileSync(sharedPath(ORIGINAL)!);
	const model = loadModel(pickle);
	const bytes = saveModel(model);
	assert.ok(bytes.length * 4 < pickle.length);
	const read = loadModel(bytes);
	const before = featureImportances(model.ensemble);
	featureImportances(read.ensemble).forEach((importance, f) => {
		assert.ok(Math.abs(importance - before[f]!) < 1e-6);
	});
	t.diagnostic(`${pickle.length} bytes as a pickle, ${bytes.length} as a model file`);
});

const [ensemble] = fc.sample(arbitraryEnsemble("boosted"), { numRuns: 1, seed: 3 }) as [Ensemble];
const whole = saveModel(modelOf(ensemble));

test("a file that was cut or changed anywhere is refused: its checksum does not fit", () => {
	for (let length = 0; length < whole.length; length++) refused(whole.subarray(0, length), /./);
	fc.assert(
		fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
			const changed = Uint8Array.from(whole);
			changed[at] = changed[at]! ^ change;
			refused(changed, /./);
		}),
	);
	refused(Buffer.concat([whole, Buffer.of(0)]), /longer than it says/);
	const damaged = Uint8Array.from(whole);
	damaged[60] = damaged[60]! ^ 1;
	refused(damaged, /damaged/);
});

test("a file of a later format says so", () => {
	const later = Uint8Array.from(whole);
	later[8] = 3;
	refused(later, /version 3; this program reads versions 1 and 2/);
});

/** A file with a checksum that fits, whatever is in it. */
function forged(header: unknown, columns: Uint8Array): Uint8Array {
	const json = typeof header === "string" ? Buffer.from(header) : Buffer.from(JSON.stringify(header));
	const trees = deflateRawSync(columns);
	const fixed = Buffer.from(whole.subarray(0, 20));
	fixed.writeUInt32LE(json.length, 12);
	fixed.writeUInt32LE(trees.length, 16);
	const content = Buffer.concat([fixed, json, trees]);
	return Buffer.concat([content, createHash("sha256").update(content).digest()]);
}

const oneLeaf = { ...modelOf(ensemble), ensemble: undefined, kind: "forest", base: 0, trees: 1, nodes: 1, votes: 4 };
const leafColumns = Buffer.from([0, 0, /* vote 0.5 */ 0, 0, 0, 0x3f, /* weight 1 */ 0, 0, 0x80, 0x3f]);
/** Three trees of one leaf each: every number's bytes stand three times. */
const threeLeaves = { ...oneLeaf, kind: "boosted", trees: 3, nodes: 3 };
const threeLeafColumns = Buffer.from([...leafColumns].flatMap((byte) => [byte, byte, byte]));

test("the smallest model is one leaf", () => {
	assert.equal(referenceProbability(loadModel(forged(oneLeaf, leafColumns)).ensemble, new Float64Array(9)), 0.5);
});

for (const [what, header, columns, reason] of [
	["no JSON", "{", leafColumns, /header: no JSON/],
	["a list as header", [], leafColumns, /header: not an object/],
	["an unknown kind", { ...oneLeaf, kind: "net" }, leafColumns, /kind "net"/],
	["no feature names", { ...oneLeaf, featureNames: [] }, leafColumns, /0 features/],
	["a feature name that is no text", { ...oneLeaf, featureNames: [1] }, leafColumns, /featureNames: not text/],
	["two features of one name", { ...oneLeaf, featureNames: ["a", "a"] }, leafColumns, /two features of one name/],
	["classes without a miner", { ...oneLeaf, classes: ["a", "b"] }, leafColumns, /called 1 or Miner/],
	["a threshold outside", { ...oneLeaf, thresholds: { ml: 2, dst: 0 } }, leafColumns, /thresholds\.ml: 2/],
	["a reliability outside", { ...oneLeaf, reliability: -1 }, leafColumns, /reliability: -1/],
	["no card", { ...oneLeaf, card: undefined }, leafColumns, /card: not an object/],
	[
		"a parameter that is a list",
		{ ...oneLeaf, card: { name: "", origin: "", parameters: { a: [] } } },
		leafColumns,
		/parameters\.a/,
	],
	["more nodes than can be", { ...oneLeaf, nodes: 2 ** 30 + 1 }, leafColumns, /1073741825 nodes/],
	["half a node", { ...oneLeaf, nodes: 1.5 }, leafColumns, /nodes: 1\.5/],
	["nodes that make no trees", { ...oneLeaf, nodes: 2 }, leafColumns, /2 nodes do not make 1 trees/],
	["more trees than nodes", { ...oneLeaf, trees: 3 }, leafColumns, /1 nodes do not make 3 trees/],
	["columns too short", { ...oneLeaf, nodes: 3 }, leafColumns, /trees of 10 bytes, not/],
	["columns too long", oneLeaf, Buffer.alloc(1 << 20), /cannot be decompressed/],
	[
		"a split without children",
		{ ...oneLeaf },
		Buffer.from([1, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
		/ends before its last child/,
	],
	["a vote of 2", oneLeaf, Buffer.from([0, 0, 0, 0, 0, 0x40, 0, 0, 0x80, 0x3f]), /probability 2/],
	["a vote NaN", oneLeaf, Buffer.from([0, 0, 0, 0, 0xc0, 0x7f, 0, 0, 0x80, 0x3f]), /value NaN/],
	["a weight below 0", oneLeaf, Buffer.from([0, 0, 0, 0, 0, 0x3f, 0, 0, 0x80, 0xbf]), /weight -1/],
	["stages that are no list", { ...oneLeaf, stages: {} }, leafColumns, /stages: not a list/],
	["a stage of a forest", { ...oneLeaf, stages: [{ trees: 1, giveUpAt: 0 }] }, leafColumns, /only boosted trees/],
	[
		"a stage behind the last tree",
		{ ...oneLeaf, kind: "boosted", stages: [{ trees: 1, giveUpAt: 0 }] },
		leafColumns,
		/a stage after 1 trees of 1/,
	],
	[
		"a stage that is not behind the one before",
		{ ...threeLeaves, stages: [1, 1].map((trees) => ({ trees, giveUpAt: 0 })) },
		threeLeafColumns,
		/a stage after 1 trees of 3, behind one after 1/,
	],
	[
		"a stage without a bound",
		{ ...threeLeaves, stages: [{ trees: 1, giveUpAt: "0" }] },
		threeLeafColumns,
		/stages\.giveUpAt: not a number/,
	],
	["a base that is no number", { ...oneLeaf, base: null }, leafColumns, /base: not a number/],
] as const) {
	test(`${what}: refused in one line, although the checksum fits`, () => refused(forged(header, columns), reason));
}

test("any columns behind a true checksum are read as trees that end, or refused", () => {
	const [kind, features] = ["forest", Array.from({ length: 4 }, (_, f) => `f${f}`)];
	fc.assert(
		fc.property(
			fc.integer({ min: 1, max: 3 }),
			fc.integer({ min: 0, max: 12 }),
			fc.uint8Array({ minLength: 200, maxLength: 200 }),
			(trees, splits, noise) => {
				const nodes = 2 * splits + trees;
				const size = 2 * nodes + 8 * splits + 8 * (splits + trees);
				const columns = noise.slice(0, size);
				// Features that exist and are often leaves, so that some of the trees are whole.
				for (let i = 0; i < nodes && i < columns.length; i++) columns[i] = Math.max(0, (columns[i]! % 8) - 3);
				columns.fill(0, nodes, 2 * nodes);
				readOrRefused(forged({ ...oneLeaf, kind, trees, nodes, featureNames: features }, columns));
			},
		),
		{ numRuns: 500 },
	);
});

function readOrRefused(bytes: Uint8Array): void {
	try {
		referenceProbability(loadModel(bytes).ensemble, Float64Array.of(0, 1, 2, 3));
	} catch (error) {
		assertOneLine(error);
	}
}

function refused(bytes: Uint8Array, reason: RegExp): void {
	assert.throws(
		() => loadModel(bytes),
		(error) => {
			assertOneLine(error);
			assert.match((error as Error).message, reason);
			return true;
		},
	);
}

function assertOneLine(error: unknown): void {
	assert.ok(error instanceof DeCryptoError, String(error));
	assert.equal(error.code, "model");
	assert.doesNotMatch(error.message, /\p{Cc}/u);
}
