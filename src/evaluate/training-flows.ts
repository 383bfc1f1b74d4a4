import { DeCryptoError } from "../bytes/error.ts";
import { computeFeatures, type FeaturePlan, featurePlan } from "../detect/features.ts";
import { SHAPE_OBSTACLE, shapeObstacle } from "../detect/shape-obstacle.ts";
import { textAt } from "../flow/flow.ts";
import type { FlowColumns } from "../flow/flow-columns.ts";
import type { TrainingMatrix } from "../forest/training/training-matrix.ts";

const FIRST_CAPACITY = 4096;
const ADDRESS_AND_PORT = 18;

/** Collects labelled flows for a learner: features, labels, weights and groups, column by column as they stream in. */
export class TrainingFlows {
	/** Rows so far. */
	rows = 0;
	/** Flows left out: without a label `Miner` or `Other`; without enough packets or whole packet lists. */
	unlabelled = 0;
	shapeless = 0;
	readonly #plan: FeaturePlan;
	readonly #groupColumns: readonly string[];
	readonly #weightColumn: string | undefined;
	readonly #row: Float64Array;
	readonly #groupNumbers = new Map<string, number>();
	#columns: Float32Array[];
	#labels = new Uint8Array(FIRST_CAPACITY);
	#weights = new Float64Array(FIRST_CAPACITY);
	#groups = new Int32Array(FIRST_CAPACITY);

	/** `groupColumns`: columns of the flow file that tell groups apart; none: a conversation (both ends) is a group. */
	constructor(featureNames: readonly string[], groupColumns: readonly string[], weightColumn: string | undefined) {
		this.#plan = featurePlan(featureNames);
		this.#groupColumns = groupColumns;
		this.#weightColumn = weightColumn;
		this.#row = new Float64Array(featureNames.length);
		this.#columns = featureNames.map(() => new Float32Array(FIRST_CAPACITY));
	}

	/** Takes the batch in. Throws (code `training`) where a column that was asked for is not there or holds no weight. */
	add(flows: FlowColumns): void {
		const { label } = flows.extras;
		for (let i = 0; i < flows.length; i++) {
			const name = label === undefined ? "" : textAt(label, i);
			if (name !== "Miner" && name !== "Other") this.unlabelled++;
			else if (shapeObstacle(flows, i) !== SHAPE_OBSTACLE.NONE) this.shapeless++;
			else this.#addRow(flows, i, name === "Miner");
		}
	}

	/** Everything taken in so far; both classes weigh the same where `balanced`. */
	matrix(balanced: boolean): TrainingMatrix {
		const { rows } = this;
		const labels = this.#labels.slice(0, rows);
		const weights = this.#weights.slice(0, rows);
		if (balanced) balance(labels, weights);
		return {
			rows,
			featureNames: this.#plan.names,
			columns: this.#columns.map((column) => column.subarray(0, rows)),
			labels,
			weights,
			groups: this.#groups.slice(0, rows),
		};
	}

	#addRow(flows: FlowColumns, i: number, isMiner: boolean): void {
		if (this.rows === this.#labels.length) this.#grow();
		const weight = this.#weightColumn === undefined ? 1 : Number(attribute(flows, this.#weightColumn, i));
		if (!(weight >= 0 && weight < Infinity)) {
			throw new DeCryptoError("training", `flow ${flows.firstIndex + i}: ${this.#weightColumn} is no weight`);
		}
		computeFeatures(flows, i, this.#plan, this.#row, 0);
		for (let f = 0; f < this.#columns.length; f++) this.#columns[f]![this.rows] = this.#row[f]!;
		this.#labels[this.rows] = isMiner ? 1 : 0;
		this.#weights[this.rows] = weight;
		this.#groups[this.rows] = this.#groupOf(flows, i);
		this.rows++;
	}

	#groupOf(flows: FlowColumns, i: number): number {
		const key =
			this.#groupColumns.length > 0
				? this.#groupColumns.map((name) => attribute(flows, name, i)).join("\0")
				: conversationOf(flows, i);
		const known = this.#groupNumbers.get(key) ?? this.#groupNumbers.size;
		this.#groupNumbers.set(key, known);
		return known;
	}

	#grow(): void {
		const capacity = this.#labels.length * 2;
		this.#columns = this.#columns.map((column) => {
			const larger = new Float32Array(capacity);
			larger.set(column);
			return larger;
		});
		const [labels, weights, groups] = [new Uint8Array(capacity), new Float64Array(capacity), new Int32Array(capacity)];
		labels.set(this.#labels);
		weights.set(this.#weights);
		groups.set(this.#groups);
		[this.#labels, this.#weights, this.#groups] = [labels, weights, groups];
	}
}

function attribute(flows: FlowColumns, name: string, i: number): string {
	const column = flows.extras.attributes?.[name];
	if (column === undefined) throw new DeCryptoError("training", `the flows have no column ${name}`, { name });
	return textAt(column, i);
}

/** Both ends in an order that does not depend on who spoke first. */
function conversationOf(flows: FlowColumns, i: number): string {
	const ends = Buffer.alloc(2 * ADDRESS_AND_PORT);
	const source = flows.addresses.subarray(i * 32, i * 32 + 16);
	const destination = flows.addresses.subarray(i * 32 + 16, i * 32 + 32);
	const order = Buffer.compare(source, destination) || flows.sourcePort[i]! - flows.destinationPort[i]!;
	const [first, second] = order <= 0 ? [0, ADDRESS_AND_PORT] : [ADDRESS_AND_PORT, 0];
	ends.set(source, first);
	ends.writeUInt16BE(flows.sourcePort[i]!, first + 16);
	ends.set(destination, second);
	ends.writeUInt16BE(flows.destinationPort[i]!, second + 16);
	return ends.toString("latin1");
}

/** Scales the weights of each class so that both sum to half of the rows. */
function balance(labels: Uint8Array, weights: Float64Array): void {
	const sums = [0, 0];
	for (let i = 0; i < labels.length; i++) sums[labels[i]!]! += weights[i]!;
	for (let i = 0; i < labels.length; i++) {
		const sum = sums[labels[i]!]!;
		if (sum > 0) weights[i]! *= labels.length / 2 / sum;
	}
}
