import { drawsOf, type Example, NOT_DRAWN, type Origin } from "./examples.ts";

/** Shares that origins have in the weight of their class. What is absent leaves its share to the others of its class. */
export interface WeightShares {
	/** Of the whole weight, what miners have. */
	readonly ofMiners: number;
	readonly miners: Readonly<Record<Origin, number>>;
	readonly others: Readonly<Record<Origin, number>>;
}

/**
 * A weight for each example: classes, and within a class scripts, reality and what was made of it, as `shares` say; sources
 * by the root of their size, so that none drowns the others; a connection's flows, which resemble each other, together
 * by the root of their number. Each draw of the laboratory has the whole of its origins' shares: a model learns from one of
 * them, and from what is real. The mean weight of what it learns from is 1.
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

/** Answered calls that say as much as work that is pushed, and bursts that do as much as a log-in. */
const TELLING_REPLIES = 8;
const TELLING_BURSTS = 6;

/**
 * What a miner's flow counts for by what there is to be seen in it. Of nothing but a start-up a model would learn to take
 * every short visit for one. A few calls with constant answers and no work pushed, or a handful of packets out of the
 * middle of a connection, are what most programs of the world exchange now and then.
 */
function evidenceOf({ isMiner, bursts, pushes, replies, hasStartup }: Example): number {
	if (!isMiner) return 1;
	if (bursts < 1) return 0;
	const work = pushes > 0 ? 1 : Math.min(1, replies / TELLING_REPLIES);
	const length = hasStartup ? 1 : Math.min(1, bursts / TELLING_BURSTS);
	return Math.max(0.02, (work * length) ** 2);
}
