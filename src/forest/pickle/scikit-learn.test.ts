import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { needsShared, sharedPath } from "../../../lab/shared-data.ts";
import { DeCryptoError } from "../../bytes/error.ts";
import { minerClass } from "../model.ts";
import { referenceProbability } from "../predictor.oracle.testing.ts";
import { ORIGINAL_FEATURES, readScikitLearn } from "./scikit-learn.ts";
import { float, forest, global, int, type PickledNode, pickle, reduce, text, tuple } from "./testing.ts";

const PICKLES = "golden/pickles";
const ORIGINAL = "golden/detector/model/data_symmetry.pickle";

function read(relative: string): Buffer {
	return readFileSync(sharedPath(relative)!);
}

/** `0x1.8p+1` and its like, as Python's float.hex() writes them. */
function hexadecimalFloat(text: string): number {
	const match = /^(-?)0x([01])(?:\.([0-9a-f]*))?p([+-]\d+)$/.exec(text);
	assert.ok(match, text);
	const digits = match[3] ?? "";
	const mantissa = Number.parseInt(match[2]! + digits, 16) / 16 ** digits.length;
	return (match[1] ? -1 : 1) * mantissa * 2 ** Number(match[4]);
}

test("hexadecimal floats of the expectations are read exactly", () => {
	assert.equal(hexadecimalFloat("0x1.999999999999ap-4"), 0.1);
	assert.equal(hexadecimalFloat("-0x1.0000000000000p+1"), -2);
	assert.equal(hexadecimalFloat("0x0.0p+0"), 0);
});

test("models of every kind and protocol give scikit-learn's probabilities, bit by bit", {
	skip: needsShared(PICKLES),
}, (t) => {
	const expected = JSON.parse(read(`${PICKLES}/expected.json`).toString()) as {
		queries: string[][];
		models: Record<string, { classes: unknown[]; probabilities: string[][] }>;
	};
	let compared = 0;
	for (const [name, { classes, probabilities }] of Object.entries(expected.models)) {
		for (const protocol of [2, 3, 4, 5]) {
			const model = readScikitLearn(read(`${PICKLES}/${name}.protocol${protocol}.pickle`));
			assert.deepEqual(model.classes, classes.map(String));
			const miner = minerClass(model.classes);
			expected.queries.forEach((query, i) => {
				const row = Float64Array.from(query, hexadecimalFloat);
				const wanted = hexadecimalFloat(probabilities[i]![miner]!);
				assert.equal(referenceProbability(model.ensemble, row), wanted, `${name}, protocol ${protocol}, query ${i}`);
				compared++;
			});
		}
	}
	t.diagnostic(`${compared} probabilities, 0 different`);
});

test("pickles to refuse are refused in one line that names the reason", { skip: needsShared(PICKLES) }, () => {
	const reasons: Record<string, RegExp> = {
		eval: /names builtins\.eval/,
		"five-features": /5 features/,
		"logistic-regression": /LogisticRegression/,
		"os-system": /names posix\.system/,
		truncated: /cut short/,
	};
	const files = readdirSync(sharedPath(PICKLES)!).filter((name) => name.endsWith(".refused.pickle"));
	assert.equal(files.length, Object.keys(reasons).length);
	for (const file of files) {
		refusedWith(read(`${PICKLES}/${file}`), reasons[file.slice(0, -".refused.pickle".length)]!);
	}
});

test("the original's own model has its 100 trees and 25,822 nodes, each as scikit-learn shows it", {
	skip: needsShared(ORIGINAL),
}, () => {
	const { ensemble, featureNames } = readScikitLearn(read(ORIGINAL));
	const json = gunzipSync(read("golden/detector/model/forest.json.gz")).toString();
	const shown = JSON.parse(json) as { trees: { feature: number[]; threshold: number[] }[] };
	assert.deepEqual(featureNames, ORIGINAL_FEATURES);
	assert.equal(ensemble.roots.length - 1, 100);
	assert.equal(ensemble.feature.length, 25_822);
	shown.trees.forEach((tree, t) => {
		const [begin, end] = [ensemble.roots[t]!, ensemble.roots[t + 1]!];
		assert.deepEqual(
			Array.from(ensemble.feature.subarray(begin, end)),
			tree.feature.map((feature) => (feature < 0 ? -1 : feature)),
		);
		assert.deepEqual(
			Array.from(ensemble.threshold.subarray(begin, end)),
			tree.threshold.map((threshold, i) => (tree.feature[i]! < 0 ? 0 : threshold)),
		);
	});
});

test("every flow of the corpus gets the original's probability, as float64 bits", {
	skip: needsShared("golden/detector/expected/cy2/probas.csv.gz"),
}, (t) => {
	const { ensemble } = readScikitLearn(read(ORIGINAL));
	const bits = new BigUint64Array(1);
	const probability = new Float64Array(bits.buffer);
	const row = new Float64Array(12);
	let compared = 0;
	for (const line of gunzipSync(read("golden/detector/expected/cy2/probas.csv.gz")).toString().split("\n").slice(1)) {
		const [, , , , wanted, ...features] = line.split(",");
		if (!wanted) continue;
		for (let i = 0; i < 12; i++) row[i] = Number(features[i]);
		probability[0] = referenceProbability(ensemble, row);
		assert.equal(bits[0], BigInt(`0x${wanted}`), line);
		compared++;
	}
	assert.equal(compared, 191_199);
	t.diagnostic(`${compared} probabilities, 0 different`);
});

const stump = (value: readonly [readonly [number, number], readonly [number, number]]): PickledNode[] => [
	{ left: 1, right: 2, feature: 3, threshold: 7.5, value: [1, 1] },
	{ left: -1, right: -1, feature: -2, threshold: -2, value: value[0] },
	{ left: -1, right: -1, feature: -2, threshold: -2, value: value[1] },
];
const low = Float64Array.from({ length: 12 }, () => 7);
const high = Float64Array.from({ length: 12 }, () => 8);

const layouts = [
	[
		"0.24.2",
		{ missing: false, core: "core" },
		stump([
			[3, 1],
			[0, 5],
		]),
	],
	[
		"1.2.2",
		{ missing: false, core: "core" },
		stump([
			[3, 1],
			[0, 5],
		]),
	],
	[
		"1.3.2",
		{ missing: true, core: "core" },
		stump([
			[3, 1],
			[0, 5],
		]),
	],
	[
		"1.4.0",
		{ missing: true, core: "core" },
		stump([
			[0.75, 0.25],
			[0, 1],
		]),
	],
	[
		"1.7.2",
		{ missing: true, core: "_core" },
		stump([
			[0.75, 0.25],
			[0, 1],
		]),
	],
	[
		"2.0.dev0",
		{ missing: true, core: "_core" },
		stump([
			[0.75, 0.25],
			[0, 1],
		]),
	],
	[
		"1.0.2",
		{ missing: false, core: "core", bigEndian: true },
		stump([
			[3, 1],
			[0, 5],
		]),
	],
] as const;

for (const [version, layout, nodes] of layouts) {
	test(`the layout of scikit-learn ${version} is read${"bigEndian" in layout ? ", from a big-endian machine" : ""}`, () => {
		const { ensemble, card } = readScikitLearn(forest([nodes, nodes], { version, ...layout }));
		assert.equal(referenceProbability(ensemble, low), 0.25);
		assert.equal(referenceProbability(ensemble, high), 1);
		assert.match(card.origin, /^scikit-learn \d/);
	});
}

test("fractions since 1.4 are taken as they are, weights before it are divided by their sum", () => {
	const nodes = stump([
		[0.5, 0.25],
		[0, 0],
	]);
	const fractions = readScikitLearn(forest([nodes], { version: "1.4.0", missing: true }));
	const weights = readScikitLearn(forest([nodes], { version: "1.3.0", missing: true }));
	assert.equal(referenceProbability(fractions.ensemble, low), 0.25);
	assert.equal(referenceProbability(weights.ensemble, low), 0.25 / 0.75);
	assert.equal(referenceProbability(weights.ensemble, high), 0);
});

test("a tree that was grown best first is read: its children stand anywhere", () => {
	const nodes: PickledNode[] = [
		{ left: 3, right: 1, feature: 0, threshold: 7.5, value: [1, 1] },
		{ left: 2, right: 4, feature: 1, threshold: 7.9, value: [1, 1] },
		{ left: -1, right: -1, feature: -2, threshold: -2, value: [0.9, 0.1] },
		{ left: -1, right: -1, feature: -2, threshold: -2, value: [0.8, 0.2] },
		{ left: -1, right: -1, feature: -2, threshold: -2, value: [0.7, 0.3] },
	];
	const { ensemble } = readScikitLearn(forest([nodes], { version: "1.5.0", missing: true }));
	assert.equal(referenceProbability(ensemble, low), 0.2);
	assert.equal(referenceProbability(ensemble, high), 0.3);
});

test("feature names that the model carries are its feature names, whatever their number", () => {
	const layout = { version: "1.5.0", missing: true, featureNames: ["a", "b", "c", "d"], featureCount: 4 };
	assert.deepEqual(
		readScikitLearn(
			forest(
				[
					stump([
						[1, 0],
						[0, 1],
					]),
				],
				layout,
			),
		).featureNames,
		["a", "b", "c", "d"],
	);
	refusedWith(
		forest(
			[
				stump([
					[1, 0],
					[0, 1],
				]),
			],
			{ ...layout, featureCount: 5 },
		),
		/4 feature names for 5 features/,
	);
});

test("a random_state that is a generator is carried along and ignored", () => {
	const generator = reduce(
		global("numpy.random._pickle", "__randomstate_ctor"),
		reduce(global("numpy.random._pickle", "__bit_generator_ctor"), global("numpy.random._mt19937", "MT19937")),
	);
	const file = forest(
		[
			stump([
				[1, 0],
				[0, 1],
			]),
		],
		{ version: "1.5.0", missing: true, more: { random_state: generator } },
	);
	assert.equal(referenceProbability(readScikitLearn(file).ensemble, high), 1);
});

const good = { version: "1.5.0", missing: true };
const fine = stump([
	[1, 0],
	[0, 1],
]);

for (const [what, file, reason] of [
	["three classes", forest([fine], { ...good, classes: ["a", "b", "Miner"] }), /classes "a", "b", "Miner"/],
	["two classes that say nothing", forest([fine], { ...good, classes: ["a", "b"] }), /one of them called 1 or Miner/],
	["an old scikit-learn", forest([fine], { ...good, version: "0.23.1" }), /0\.24 and later/],
	["no trees", forest([], good), /no tree/],
	["a cycle", forest([[{ ...fine[0]!, left: 0, right: 0 }, fine[1]!, fine[2]!]], good), /child of two splits/],
	["a shared child", forest([[{ ...fine[0]!, left: 1, right: 1 }, fine[1]!, fine[2]!]], good), /child of two splits/],
	["a child outside", forest([[{ ...fine[0]!, right: 9 }, fine[1]!, fine[2]!]], good), /child 9 of 3 nodes/],
	["a half split", forest([[{ ...fine[0]!, right: -1 }, fine[1]!, fine[2]!]], good), /child -1 of 3 nodes/],
	["a feature outside", forest([[{ ...fine[0]!, feature: 12 }, fine[1]!, fine[2]!]], good), /feature 12 of 12/],
	["a feature that would wrap", forest([[{ ...fine[0]!, feature: 65536 }, fine[1]!, fine[2]!]], good), /feature 32767/],
	["a threshold NaN", forest([[{ ...fine[0]!, threshold: Number.NaN }, fine[1]!, fine[2]!]], good), /threshold NaN/],
	["a leaf NaN", forest([[fine[0]!, { ...fine[1]!, value: [0, Number.NaN] }, fine[2]!]], good), /value NaN/],
	["a leaf of 2", forest([[fine[0]!, { ...fine[1]!, value: [0, 2] }, fine[2]!]], good), /probability 2/],
	["a number instead of a model", pickle(int(7)), /contains no forest/],
	["a protocol to come", pickle(int(7), 6), /protocol 6; 2 to 5/],
	["joblib's file", pickle(global("joblib.numpy_pickle", "NumpyArrayWrapper")), /joblib's format/],
	["separate buffers", pickle(Buffer.of(0x97), 5), /separate buffers/],
	["a persistent id", pickle(Buffer.of(0x51)), /unknown instruction 0x51/],
	["a name that hides", pickle(global("os\x1b[2J", "system")), /names os\?\[2J\.system/],
	["a call of a text", pickle(reduce(text("os.system"), text("ls"))), /calls something that is not a named function/],
	["a tuple", pickle(tuple(float(1))), /contains no forest/],
] as const) {
	test(`${what}: refused in one line`, () => refusedWith(file, reason));
}

test("a class of the pickle's own state cannot hide a name that is refused", () => {
	const file = forest([fine], { ...good, more: { hook: reduce(global("os", "system"), text("ls")) } });
	refusedWith(file, /names os\.system/);
});

test("a model cut anywhere, or with any byte changed, is read or refused in one line", () => {
	const whole = forest([fine, fine], good);
	for (let length = 0; length < whole.length; length++) refusedWith(whole.subarray(0, length), /./);
	fc.assert(
		fc.property(
			fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
			(changes) => {
				const changed = Uint8Array.from(whole);
				for (const [at, byte] of changes) changed[at] = byte;
				readOrRefused(changed);
			},
		),
		{ numRuns: 2000 },
	);
});

test("any bytes at all are refused in one line", () => {
	const instructions = fc.constantFrom(
		..."\x80\x95(01N2J]e)\x85t}suh\x94R\x81bK.".split("").map((c) => c.charCodeAt(0)),
	);
	fc.assert(
		fc.property(fc.array(fc.oneof(instructions, fc.nat(255)), { maxLength: 60 }), (bytes) => {
			readOrRefused(Uint8Array.from([0x80, 4, ...bytes]));
		}),
		{ numRuns: 2000 },
	);
});

function readOrRefused(bytes: Uint8Array): void {
	try {
		const { ensemble } = readScikitLearn(bytes);
		assert.ok(referenceProbability(ensemble, high) <= 1);
	} catch (error) {
		assertOneLine(error);
	}
}

function refusedWith(bytes: Uint8Array, reason: RegExp): void {
	assert.throws(
		() => readScikitLearn(bytes),
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
	assert.ok(error.message.length < 300, error.message);
}
