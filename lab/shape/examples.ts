import { computeFeatures, featurePlan, knownFeatures } from "../../src/detect/features.ts";
import { SHAPE_OBSTACLE, shapeObstacle } from "../../src/detect/shape-obstacle.ts";
import type { FlowColumns } from "../../src/flow/flow-columns.ts";
import type { TrainingMatrix } from "../../src/forest/training/training-matrix.ts";

/**
 * Origin of an example: a real flow, a real flow put into TLS, an altered real flow, a real service under scripted
 * load, or a script.
 */
export type Origin = "real" | "variant" | "relative" | "service" | "simulated";

/** Metadata of an example besides its features. Learners never see it. */
export interface Description {
	readonly isMiner: boolean;
	readonly origin: Origin;
	/** The network or collection of origin. A source is judged by models that were trained without it. */
	readonly source: string;
	/** Identifies the connection of the flows. */
	readonly connection: string;
	/** Identifies the client–server pair, and the client host, of the flows; for scripts, the connection. */
	readonly pair: string;
	readonly host: string;
	readonly isEncrypted: boolean;
	/** Kind of script, or another distinction of flows of one source in a report. */
	readonly kind: string;
	/** Seconds since the epoch at which the flow began; 0 if it has no time. */
	readonly begins: number;
	/** The laboratory's draw that contains it; {@link NOT_DRAWN} if it is real, and thus part of all draws. */
	readonly draw: number;
}

export const NOT_DRAWN = 0;

export interface Example extends Description {
	/**
	 * The available evidence of rhythm: bursts after the start-up, bursts that the server opened, calls that it
	 * answered.
	 */
	readonly bursts: number;
	readonly pushes: number;
	readonly replies: number;
	/** Whether the record contains the connection's start-up. */
	readonly hasStartup: boolean;
}

/** The laboratory's draws that examples were made in. */
export function drawsOf(examples: readonly Example[]): number[] {
	return [...new Set(examples.map(({ draw }) => draw))].filter((draw) => draw !== NOT_DRAWN);
}

/** Whether an example was made in a draw, or is real. */
export function isPartOf(example: Example, draw: number): boolean {
	return example.draw === draw || example.draw === NOT_DRAWN;
}

/** Labelled flows as rows of all features. Flows whose shape cannot be judged are omitted. */
export class Examples {
	static readonly featureNames: readonly string[] = [...knownFeatures().keys()];
	readonly all: Example[] = [];
	readonly #plan = featurePlan(Examples.featureNames);
	#values = new Float64Array(Examples.featureNames.length * 1024);

	add(flows: FlowColumns, describe: (i: number) => Description | undefined): void {
		const width = Examples.featureNames.length;
		for (let i = 0; i < flows.length; i++) {
			if (shapeObstacle(flows, i) !== SHAPE_OBSTACLE.NONE) continue;
			const description = describe(i);
			if (description === undefined) continue;
			const at = this.all.length * width;
			if (at + width > this.#values.length) {
				const grown = new Float64Array(this.#values.length * 2);
				grown.set(this.#values);
				this.#values = grown;
			}
			computeFeatures(flows, i, this.#plan, this.#values, at);
			const [bursts, pushes, replies, startup] = EVIDENCE.map((column) => this.#values[at + column]!);
			this.all.push({ ...description, bursts: bursts!, pushes: pushes!, replies: replies!, hasStartup: startup! > 0 });
		}
	}

	/** The row numbers of the examples that satisfy `holds`. */
	where(holds: (example: Example, row: number) => boolean): Uint32Array {
		return Uint32Array.from(this.all.keys()).filter((row) => holds(this.all[row]!, row));
	}

	/** The chosen rows with the named features, for a learner. `weights` gives each chosen row's weight. */
	matrix(rows: Uint32Array, featureNames: readonly string[], weights: Float64Array): TrainingMatrix {
		const width = Examples.featureNames.length;
		const groups = new Map<string, number>();
		return {
			rows: rows.length,
			featureNames,
			columns: featureNames.map((name) => {
				const column = Examples.featureNames.indexOf(name);
				return Float32Array.from(rows, (row) => this.#values[row * width + column]!);
			}),
			labels: Uint8Array.from(rows, (row) => (this.all[row]!.isMiner ? 1 : 0)),
			weights,
			groups: Int32Array.from(rows, (row) => {
				const { connection } = this.all[row]!;
				const group = groups.get(connection) ?? groups.size;
				groups.set(connection, group);
				return group;
			}),
		};
	}
}

const EVIDENCE = ["BURSTS", "PUSHES", "REPLIES", "STARTUP_MESSAGES"].map((name) => Examples.featureNames.indexOf(name));
