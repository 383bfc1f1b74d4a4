import fc from "fast-check";
import { cascaded } from "./cascade.ts";
import { type Ensemble, ensembleOf, LEAF, type Stage, type Tree } from "./ensemble.ts";

/**
 * Ensembles of every shape, for property tests: thresholds that are no float32, votes whose sums round, ties, stages.
 */
export function arbitraryEnsemble(kind?: Ensemble["kind"]): fc.Arbitrary<Ensemble> {
	const kinds = kind === undefined ? fc.constantFrom("forest" as const, "boosted" as const) : fc.constant(kind);
	return kinds.chain((kind) =>
		fc
			.integer({ min: 1, max: 4 })
			.chain((featureCount) =>
				fc
					.tuple(
						kind === "forest" ? fc.constant(0) : fc.double({ min: -5, max: 5, noNaN: true }),
						fc.array(arbitraryTree(kind, featureCount), { minLength: 1, maxLength: 20 }),
					)
					.chain(([base, trees]) =>
						arbitraryStages(kind, trees.length).map((stages) =>
							cascaded(ensembleOf(kind, base, featureCount, trees), stages),
						),
					),
			),
	);
}

/** Stages after some of the trees, at sums that rows come to. */
function arbitraryStages(kind: Ensemble["kind"], trees: number): fc.Arbitrary<Stage[]> {
	if (kind === "forest" || trees < 2) return fc.constant([]);
	return fc
		.uniqueArray(fc.tuple(fc.integer({ min: 1, max: trees - 1 }), fc.oneof(closeValue, boostedVote)), {
			maxLength: 3,
			selector: ([after]) => after,
		})
		.map((stages) => stages.sort(([a], [b]) => a - b).map(([after, rejectAt]): Stage => ({ trees: after, rejectAt })));
}

/** Values on and near the thresholds, and all special values of doubles. */
export function arbitraryRows(featureCount: number, maxRows = 40): fc.Arbitrary<Float64Array> {
	const value = fc.oneof(
		{ weight: 4, arbitrary: closeValue },
		fc.double(),
		fc.constantFrom(Number.NaN, Infinity, -Infinity, -0, 3.5e38),
	);
	return fc
		.array(fc.array(value, { minLength: featureCount, maxLength: featureCount }), { maxLength: maxRows })
		.map((rows) => Float64Array.from(rows.flat()));
}

/** Few different numbers, so that values meet thresholds: multiples of a tenth and their neighbours as doubles. */
const closeValue = fc
	.tuple(fc.integer({ min: -20, max: 20 }), fc.constantFrom(0, 2 ** -30, -(2 ** -30), 2 ** -52))
	.map(([tenths, off]) => (tenths / 10) * (1 + off));

const forestVote = fc.oneof(
	fc.constantFrom(0, 1, 0.5, 1 / 3, 0.1, 0.9999999999999999),
	fc.double({ min: 0, max: 1, noNaN: true }),
);
const boostedVote = fc.oneof(
	fc.constantFrom(0, 0.1, -0.1, 1 / 3, 30, -30),
	fc.double({ min: -4, max: 4, noNaN: true }),
);

interface Shape {
	readonly vote?: number;
	readonly weight?: number;
	readonly split?: { feature: number; threshold: number; gain: number; left: Shape; right: Shape };
}

function arbitraryTree(kind: Ensemble["kind"], featureCount: number): fc.Arbitrary<Tree> {
	const { node } = fc.letrec<{ node: Shape; leaf: Shape; split: Shape }>((tie) => ({
		node: fc.oneof({ maxDepth: 6, depthSize: "small" }, tie("leaf"), tie("split")),
		leaf: fc.record({ vote: kind === "forest" ? forestVote : boostedVote, weight: fc.integer({ min: 0, max: 1000 }) }),
		split: fc
			.record({
				feature: fc.nat(featureCount - 1),
				threshold: fc.oneof({ weight: 4, arbitrary: closeValue }, fc.double({ noNaN: true, noDefaultInfinity: true })),
				gain: fc.integer({ min: 0, max: 99 }),
				left: tie("node"),
				right: tie("node"),
			})
			.map((split) => ({ split })),
	}));
	return node.map(treeOfShape);
}

function treeOfShape(shape: Shape): Tree {
	const nodes: { feature: number; threshold: number; right: number; value: number; weight: number; gain: number }[] =
		[];
	const place = ({ split, vote, weight }: Shape): void => {
		const node = { feature: LEAF, threshold: 0, right: 0, value: vote ?? 0, weight: weight ?? 0, gain: 0 };
		nodes.push(node);
		if (split === undefined) return;
		node.feature = split.feature;
		node.threshold = split.threshold;
		node.gain = split.gain;
		place(split.left);
		node.right = nodes.length;
		place(split.right);
	};
	place(shape);
	return {
		feature: Int16Array.from(nodes, (node) => node.feature),
		threshold: Float64Array.from(nodes, (node) => node.threshold),
		right: Int32Array.from(nodes, (node) => node.right),
		value: Float64Array.from(nodes, (node) => node.value),
		weight: Float64Array.from(nodes, (node) => node.weight),
		gain: Float64Array.from(nodes, (node) => node.gain),
	};
}
