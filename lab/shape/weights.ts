import { drawsOf, type Example, NOT_DRAWN, type Origin } from "./examples.ts";

/**
 * Shares of the origins in the weight of their class. The share of an absent origin goes to the others of its class.
 */
export interface WeightShares {
	/** The share of miners in the whole weight. */
	readonly ofMiners: number;
	readonly miners: Readonly<Record<Origin, number>>;
	readonly others: Readonly<Record<Origin, number>>;
}

/**
 * A weight for each example. Classes, and within a class scripts, real flows and variants, are weighted by `shares`.
 * Sources count by the square root of their size, so that none dominates. The flows of a connection, which resemble
 * each other, together count by the square root of their number. Each draw of the laboratory has the full shares of its
 * origins, because a model learns from one of them and from the real flows. The mean weight of the training examples is
 * 1.
 */
export function weightsOf(examples: readonly Example[], shares: WeightShares): Float64Array {
	const weights = new Float64Array(examples.length);
	const flowsOf = new Map<string, number>();
	const key = ({ draw, connection }: Example) => `${draw} ${connection}`;
	for (const example of examples) flowsOf.set(key(example), (flowsOf.get(key(example)) ?? 0) + 1);

	const give = (holds: (example: Example) => boolean, total: number): void => {
		const sources = Map.groupBy(
			[...examples.keys()].filter((i) => holds(examples[i]!)),
			(i) => examples[i]!.source,
		);
		let roots = 0;
		for (const rows of sources.values()) roots += Math.sqrt(rows.length);
		for (const rows of sources.values()) {
			let sum = 0;
			for (const i of rows) {
				weights[i] = evidenceOf(examples[i]!) / Math.sqrt(flowsOf.get(key(examples[i]!))!);
				sum += weights[i]!;
			}
			for (const i of rows) weights[i]! *= (total * Math.sqrt(rows.length)) / (roots * sum);
		}
	};

	const made = Map.groupBy(examples, ({ draw }) => draw);
	const real = made.get(NOT_DRAWN)?.length ?? 0;
	const learntFrom = real + (examples.length - real) / Math.max(1, drawsOf(examples).length);
	for (const isMiner of [true, false]) {
		const of = (origin: Origin, draw: number) => (example: Example) =>
			example.isMiner === isMiner && example.origin === origin && example.draw === draw;
		const shareOf = Object.entries(isMiner ? shares.miners : shares.others) as [Origin, number][];
		const present = shareOf.filter(([origin]) =>
			examples.some((example) => example.isMiner === isMiner && example.origin === origin),
		);
		const total = present.reduce((sum, [, share]) => sum + share, 0);
		const whole = learntFrom * (isMiner ? shares.ofMiners : 1 - shares.ofMiners);
		for (const draw of made.keys())
			for (const [origin, share] of present) give(of(origin, draw), (whole * share) / total);
	}
	return weights;
}

/** Answered calls with as much evidence as pushed work, and bursts with as much as a login. */
const TELLING_REPLIES = 8;
const TELLING_BURSTS = 6;

/**
 * The weight of a miner's flow by its visible evidence. From start-ups alone a model would learn to report every short
 * visit. A few calls with constant answers and without pushed work, or a handful of packets from the middle of a
 * connection, also occur in most other programs.
 */
function evidenceOf({ isMiner, bursts, pushes, replies, hasStartup }: Example): number {
	if (!isMiner) return 1;
	if (bursts < 1) return 0;
	const work = pushes > 0 ? 1 : Math.min(1, replies / TELLING_REPLIES);
	const length = hasStartup ? 1 : Math.min(1, bursts / TELLING_BURSTS);
	return Math.max(0.02, (work * length) ** 2);
}
