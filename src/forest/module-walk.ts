import type { Ensemble } from "./ensemble.ts";
import { packTrees } from "./packed-trees.ts";
import { BLOCK_ROWS, ROWS_AND_SPARE, SPARE_ROW, type TreeEvaluator } from "./tree-evaluator.ts";
import { type Kernel, KernelFactory } from "./wasm/kernel.ts";
import { layOut } from "./wasm/memory-layout.ts";
import { NODE_BYTES, PARALLEL_WALKS, WALK_KERNEL } from "./wasm/walk-kernel.ts";

const factory = new KernelFactory(WALK_KERNEL);

/** Trees of any size, walked by {@link WALK_KERNEL}; undefined if the kernel is not available. */
export function createModuleWalk(ensemble: Ensemble): TreeEvaluator | undefined {
	const { at, size } = layoutOf(ensemble);
	const kernel = factory.create(size);
	return kernel && new ModuleWalk(ensemble, kernel.run, kernel.buffer, at);
}

function layoutOf({ feature, featureCount }: Ensemble) {
	return layOut({
		nodes: feature.length * NODE_BYTES,
		votes: feature.length * NODE_BYTES,
		rows: ROWS_AND_SPARE * featureCount * 4,
		active: (BLOCK_ROWS + PARALLEL_WALKS) * 4,
		sums: ROWS_AND_SPARE * 8,
	});
}

type Addresses = ReturnType<typeof layoutOf>["at"];

class ModuleWalk implements TreeEvaluator {
	readonly active: Int32Array;
	readonly sums: Float64Array;
	readonly #ensemble: Ensemble;
	readonly #run: Kernel;
	readonly #at: Addresses;
	readonly #values: Float32Array;

	constructor(ensemble: Ensemble, run: Kernel, buffer: ArrayBuffer, at: Addresses) {
		this.#ensemble = ensemble;
		this.#run = run;
		this.#at = at;
		this.active = new Int32Array(buffer, at.active, BLOCK_ROWS + PARALLEL_WALKS);
		this.sums = new Float64Array(buffer, at.sums, ROWS_AND_SPARE);
		this.#values = new Float32Array(buffer, at.rows, ROWS_AND_SPARE * ensemble.featureCount);
		const { words, thresholds, votes } = packTrees(ensemble);
		const nodes = { words: new Uint32Array(buffer, at.nodes), thresholds: new Float32Array(buffer, at.nodes) };
		for (let i = 0; i < words.length; i++) {
			nodes.words[2 * i] = words[i]!;
			nodes.thresholds[2 * i + 1] = thresholds[i]!;
		}
		new Float64Array(buffer, at.votes, votes.length).set(votes);
	}

	fill(rows: Float64Array, begin: number, size: number): void {
		const { featureCount, base } = this.#ensemble;
		const values = this.#values;
		const from = begin * featureCount;
		this.sums.fill(base, 0, size);
		for (let i = 0; i < size; i++) this.active[i] = i;
		for (let i = 0; i < size * featureCount; i++) values[i] = rows[from + i]!;
	}

	addVotes(begin: number, end: number, live: number): void {
		if (live === 0) return;
		for (let a = live; a % PARALLEL_WALKS !== 0; a++) this.active[a] = SPARE_ROW;
		const { nodes, votes, rows, active, sums } = this.#at;
		const { roots, featureCount } = this.#ensemble;
		for (let t = begin; t < end; t++) {
			const root = nodes + roots[t]! * NODE_BYTES;
			this.#run(root, votes - nodes, rows, 4 * featureCount, active, active + 4 * live, sums);
		}
	}
}
