import type { Predictor } from "../forest/predictor.ts";

/** Flows per evaluation of the forest: enough to reuse a tree in the cache, few enough to fit into it. */
export const BLOCK_LENGTH = 512;

/** Rows of features that wait for the forest, at most {@link BLOCK_LENGTH}; one instance per thread, reused. */
export class ShapeRows {
	/** Row k begins at k × width. */
	readonly features: Float64Array;
	readonly width: number;
	/** The flow in the batch of each row. */
	readonly flows = new Int32Array(BLOCK_LENGTH);
	/** Probability above which each row's flow is a miner. */
	readonly thresholds = new Float64Array(BLOCK_LENGTH);
	readonly decisions = new Uint8Array(BLOCK_LENGTH);
	readonly probabilities = new Float64Array(BLOCK_LENGTH);
	count = 0;

	constructor(width: number) {
		this.width = width;
		this.features = new Float64Array(BLOCK_LENGTH * width);
	}

	/** The position for the features of the next row; {@link add} appends it. */
	get nextOffset(): number {
		return this.count * this.width;
	}

	add(flow: number, threshold: number): void {
		this.flows[this.count] = flow;
		this.thresholds[this.count++] = threshold;
	}

	clear(): void {
		this.count = 0;
	}

	/** Fills `decisions` by the thresholds; the forest skips the remaining trees once a row is decided. */
	decide(predictor: Predictor): void {
		if (this.count > 0) predictor.decide(this.features, this.count, this.thresholds, this.decisions);
	}

	/** Fills `probabilities` and `decisions`; all trees are evaluated. */
	decideExactly(predictor: Predictor): void {
		if (this.count === 0) return;
		predictor.probabilities(this.features, this.count, this.probabilities);
		for (let k = 0; k < this.count; k++) this.decisions[k] = this.probabilities[k]! > this.thresholds[k]! ? 1 : 0;
	}
}
