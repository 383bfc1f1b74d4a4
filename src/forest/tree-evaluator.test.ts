import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { describe, test } from "node:test";
import fc from "fast-check";
import { createBitVectors } from "./bit-vectors.ts";
import { createEvaluator } from "./create-evaluator.ts";
import { type Ensemble, ensembleOf, LEAF, treeCount } from "./ensemble.ts";
import { createModuleWalk } from "./module-walk.ts";
import { MOST_LEAVES } from "./packed-splits.ts";
import { PlainWalk } from "./plain-walk.ts";
import { referenceProbability } from "./predictor.oracle.testing.ts";
import { probabilityOfSum } from "./sum.ts";
import { arbitraryEnsemble, arbitraryRows } from "./testing.ts";
import { BLOCK_ROWS, type TreeEvaluator } from "./tree-evaluator.ts";

const MOST_AT_ONCE = 4;

/**
 * The sums of each row when it was dropped, by row: the rows go that `isDropped` names, asked after one tree, then
 * after two more, and so on. The last block of rows counts; those before show that nothing of them is left.
 */
function sumsOf(
	evaluator: TreeEvaluator,
	ensemble: Ensemble,
	blocks: readonly Float64Array[],
	isDropped: (row: number, t: number) => boolean,
): Float64Array {
	const sums = new Float64Array(BLOCK_ROWS).fill(Number.NaN);
	for (const rows of blocks) {
		let live = rows.length / ensemble.featureCount;
		evaluator.fill(rows, 0, live);
		sums.fill(Number.NaN);
		for (let t = 0, step = 1; t < treeCount(ensemble); t += step, step = (step % MOST_AT_ONCE) + 1) {
			evaluator.addVotes(t, Math.min(t + step, treeCount(ensemble)), live);
			let kept = 0;
			for (let a = 0; a < live; a++) {
				const row = evaluator.active[a]!;
				sums[row] = evaluator.sums[row]!;
				if (!isDropped(row, t)) evaluator.active[kept++] = row;
			}
			live = kept;
		}
	}
	return sums;
}

describe("every evaluator adds up the plain one's sums, bit by bit, whichever rows are dropped on the way:", () => {
	const evaluators = { "bit vectors": createBitVectors, "walk in a module": createModuleWalk };
	for (const [name, create] of Object.entries(evaluators)) {
		test(name, () => {
			const cases = arbitraryEnsemble().chain((ensemble) =>
				fc.tuple(
					fc.constant(ensemble),
					fc.array(arbitraryRows(ensemble.featureCount, 70), { minLength: 1, maxLength: 2 }),
				),
			);
			let evaluated = 0;
			fc.assert(
				fc.property(cases, fc.func(fc.boolean()), ([ensemble, blocks], isDropped) => {
					const evaluator = create(ensemble);
					if (evaluator === undefined) return;
					evaluated++;
					const wanted = sumsOf(new PlainWalk(ensemble), ensemble, blocks, isDropped);
					assert.deepEqual(sumsOf(evaluator, ensemble, blocks, isDropped), wanted);
				}),
				{ numRuns: 500 },
			);
			assert.ok(evaluated > 300, `${evaluated} evaluated`);
		});
	}
});

/** Trees with a leaf less at every step down, on the left or on the right, that ask one feature after the other. */
function combs(leaves: number, trees: number): Ensemble {
	const isLeft = (t: number, i: number) => (t + i) % 3 === 0;
	const build = (
		t: number,
		i: number,
	): { feature: number[]; threshold: number[]; right: number[]; value: number[] } => {
		const vote = 1 / (1 + t + i);
		if (i === leaves - 1) return { feature: [LEAF], threshold: [0], right: [0], value: [vote] };
		const leaf = { feature: [LEAF], threshold: [0], right: [0], value: [vote] };
		const [left, right] = isLeft(t, i) ? [build(t, i + 1), leaf] : [leaf, build(t, i + 1)];
		const shifted = (nodes: number[], by: number, feature: number[]) =>
			nodes.map((node, k) => (feature[k] === LEAF ? 0 : node + by));
		const behind = 1 + left.feature.length;
		return {
			feature: [(t * 31 + i) % 5, ...left.feature, ...right.feature],
			threshold: [((t * 7 + i * 13) % 40) / 4 - 5, ...left.threshold, ...right.threshold],
			right: [behind, ...shifted(left.right, 1, left.feature), ...shifted(right.right, behind, right.feature)],
			value: [0, ...left.value, ...right.value],
		};
	};
	const all = Array.from({ length: trees }, (_, t) => {
		const { feature, threshold, right, value } = build(t, 0);
		return {
			feature: Int16Array.from(feature),
			threshold: Float64Array.from(threshold),
			right: Int32Array.from(right),
			value: Float64Array.from(value),
			weight: new Float64Array(feature.length).fill(1),
			gain: new Float64Array(feature.length),
		};
	});
	return ensembleOf("boosted", 0.1, 5, all);
}

/** Rows of five features about the thresholds of combs. */
function rowsForCombs(): Float64Array {
	const random = fc.sample(fc.integer({ min: -600, max: 600 }), { numRuns: BLOCK_ROWS * 5, seed: 3 });
	return Float64Array.from(random, (hundredths) => hundredths / 100);
}

test("bit vectors have room for 32 leaves and no more", () => {
	assert.equal(createBitVectors(combs(MOST_LEAVES + 1, 2)), undefined);
	const ensemble = combs(MOST_LEAVES, 120);
	const rows = rowsForCombs();
	// Half of the rows go, later most of what is left, and again: the columns are packed more than once.
	const isDropped = (row: number, t: number) => t % 15 === 0 && row % 2 ** (1 + t / 15) !== 0;
	const evaluator = createBitVectors(ensemble);
	assert.ok(evaluator);
	const wanted = sumsOf(new PlainWalk(ensemble), ensemble, [rows], isDropped);
	assert.ok(new Set(wanted).size > 100);
	assert.deepEqual(sumsOf(evaluator, ensemble, [rows], isDropped), wanted);
});

test("deep trees are walked to their ends, whichever rows are left", () => {
	const ensemble = combs(200, 40);
	const rows = rowsForCombs();
	const isDropped = (row: number, t: number) => (row + t) % 11 === 0;
	const evaluator = createModuleWalk(ensemble);
	assert.ok(evaluator);
	const wanted = sumsOf(new PlainWalk(ensemble), ensemble, [rows], isDropped);
	assert.deepEqual(sumsOf(evaluator, ensemble, [rows], isDropped), wanted);
	const reference = referenceProbability(ensemble, rows, 0);
	const sums = sumsOf(evaluator, ensemble, [rows], () => false);
	assert.equal(probabilityOfSum(ensemble, sums[0]!), reference);
});

test("votes whose sum could overflow are refused: a decision would depend on when one stops asking", () => {
	const tree = (vote: number) => ({
		feature: Int16Array.of(LEAF),
		threshold: new Float64Array(1),
		right: new Int32Array(1),
		value: Float64Array.of(vote),
		weight: Float64Array.of(1),
		gain: new Float64Array(1),
	});
	const most = Number.MAX_VALUE / 2;
	assert.equal(ensembleOf("boosted", 0, 1, [tree(-most), tree(most)]).roots.length, 3);
	assert.throws(() => ensembleOf("boosted", most, 1, [tree(-most), tree(most)]), /add up/);
});

test("where there is no WebAssembly, or no memory for it, the plain walk does it", (context) => {
	const ensemble = combs(3, 2);
	assert.equal(createEvaluator(ensemble).constructor.name, "BitVectors");
	const { WebAssembly } = globalThis as unknown as { WebAssembly: object };
	context.after(() => Object.assign(globalThis, { WebAssembly }));
	class Memory {
		constructor() {
			throw new RangeError("could not allocate memory");
		}
	}
	for (const there of [undefined, { ...ownProperties(WebAssembly), Memory }]) {
		Object.assign(globalThis, { WebAssembly: there });
		assert.ok(createEvaluator(ensemble) instanceof PlainWalk);
	}
});

test("a processor without vectors walks by module", {
	skip: process.arch !== "x64" && "the processor is another",
}, () => {
	const script = `
		import { createEvaluator } from ${JSON.stringify(new URL("create-evaluator.ts", import.meta.url))};
		import { ensembleOf, LEAF } from ${JSON.stringify(new URL("ensemble.ts", import.meta.url))};
		const zeros = new Float64Array(1);
		const leaf = { feature: Int16Array.of(LEAF), threshold: zeros, right: new Int32Array(1), value: zeros, weight: zeros, gain: zeros };
		console.log(createEvaluator(ensembleOf("boosted", 0, 1, [leaf])).constructor.name);`;
	const options = ["--no-enable-sse4-1", "--input-type=module", "--eval", script];
	assert.equal(execFileSync(process.execPath, options, { encoding: "utf8" }), "ModuleWalk\n");
});

function ownProperties(of: object): object {
	return Object.fromEntries(Object.getOwnPropertyNames(of).map((name) => [name, Reflect.get(of, name)]));
}
