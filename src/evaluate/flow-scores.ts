import { combine, discounted, massOfProbability, pignistic } from "../detect/dempster-shafer.ts";
import type { Detector } from "../detect/detector.ts";
import { judgeEndpoint } from "../detect/endpoint.ts";
import { computeFeatures } from "../detect/features.ts";
import { SHAPE_OBSTACLE, shapeObstacle } from "../detect/shape-obstacle.ts";
import { BLOCK_LENGTH } from "../detect/shape-rows.ts";
import { REASON, type Verdicts } from "../detect/verdicts.ts";
import type { FlowColumns } from "../flow/flow-columns.ts";
import { createPredictor, type Predictor } from "../forest/predictor.ts";

/**
 * Scores of a batch for curves. The detector skips the remaining trees once a flow is decided; here all are evaluated.
 *
 * `shape`: the forest's probability, NaN if it cannot judge. `whole`: the threshold `-t` below which the whole detector
 * reports a miner, with the other options unchanged: Infinity if payload or server name decides at any `-t`, -Infinity
 * if no threshold would.
 */
export class FlowScores {
	shape = new Float64Array(0);
	whole = new Float64Array(0);
	readonly #detector: Detector;
	readonly #predictor: Predictor;
	readonly #rows: Float64Array;
	readonly #flows = new Int32Array(BLOCK_LENGTH);
	readonly #probabilities = new Float64Array(BLOCK_LENGTH);

	constructor(detector: Detector) {
		this.#detector = detector;
		this.#predictor = createPredictor(detector.model);
		this.#rows = new Float64Array(BLOCK_LENGTH * detector.plan.names.length);
	}

	/** Fills `shape` and `whole` for the flows of a batch and the verdicts on it. */
	compute(flows: FlowColumns, verdicts: Verdicts): void {
		if (this.shape.length < flows.length) {
			this.shape = new Float64Array(2 * flows.length);
			this.whole = new Float64Array(2 * flows.length);
		}
		this.shape.fill(Number.NaN, 0, flows.length);
		let count = 0;
		const width = this.#detector.plan.names.length;
		for (let i = 0; i < flows.length; i++) {
			if (shapeObstacle(flows, i) !== SHAPE_OBSTACLE.NONE) continue;
			computeFeatures(flows, i, this.#detector.plan, this.#rows, count * width);
			this.#flows[count++] = i;
			if (count === BLOCK_LENGTH) count = this.#judge(count);
		}
		this.#judge(count);
		for (let i = 0; i < flows.length; i++) this.whole[i] = this.#wholeScore(flows, i, verdicts);
	}

	#judge(count: number): 0 {
		if (count > 0) this.#predictor.probabilities(this.#rows, count, this.#probabilities);
		for (let k = 0; k < count; k++) this.shape[this.#flows[k]!] = this.#probabilities[k]!;
		return 0;
	}

	#wholeScore(flows: FlowColumns, i: number, verdicts: Verdicts): number {
		if (verdicts.decidedBy[i] !== REASON.ML) {
			return verdicts.reasons[i] === REASON.NONE ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
		}
		const probability = this.shape[i]!;
		const endpoint = judgeEndpoint(flows, i, this.#detector.options.pools);
		if (endpoint === undefined) return probability;
		// With a name that indicates something else, the pignistic probability is compared with r·t + (1 − r)/2.
		const { reliability } = this.#detector;
		const mass = combine(discounted(massOfProbability(probability), reliability), endpoint.mass);
		return (pignistic(mass) - (1 - reliability) / 2) / reliability;
	}
}
