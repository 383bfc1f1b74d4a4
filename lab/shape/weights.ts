import type { Example } from "./examples.ts";

/** Shares of the training weight. What is absent leaves its share to the others of its class. */
export interface WeightShares {
	/** Of the miners' weight: what scripts made. */
	readonly simulatedMiners: number;
	/** Of the rest of it: real flows put into TLS. */
	readonly variants: number;
	/** Of the ordinary flows' weight: what scripts made. */
	readonly simulatedOthers: number;
}

/**
 * A weight for each example: both classes weigh the same; within a class, scripts and reality as `shares` say; sources
 * by the root of their size, so that none drowns the others; a connection's flows, which resemble each other, together
 * by the root of their number. The mean weight is 1.
 */
export function weightsOf(examples: readonly Example[], shares: WeightShares): Float64Array {
	const weights = new Float64Array(examples.length);
	const flowsOf = new Map<string, number>();
	for (const { connection } of examples) flowsOf.set(connection, (flowsOf.get(connection) ?? 0) + 1);

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
				weights[i] = evidenceOf(examples[i]!) / Math.sqrt(flowsOf.get(examples[i]!.connection)!);
				sum += weights[i]!;
			}
			for (const i of rows) weights[i]! *= (total * Math.sqrt(rows.length)) / (roots * sum);
		}
	};

	const half = examples.length / 2;
	const has = (isMiner: boolean, origin: Example["origin"]) =>
		examples.some((example) => example.isMiner === isMiner && example.origin === origin);
	const miners = divide(has(true, "simulated"), has(true, "real") || has(true, "variant"), shares.simulatedMiners);
	const variants = divide(has(true, "variant"), has(true, "real"), shares.variants);
	const others = divide(has(false, "simulated"), has(false, "real"), shares.simulatedOthers);
	const of = (isMiner: boolean, origin: Example["origin"]) => (example: Example) =>
		example.isMiner === isMiner && example.origin === origin;
	give(of(true, "simulated"), half * miners);
	give(of(true, "variant"), half * (1 - miners) * variants);
	give(of(true, "real"), half * (1 - miners) * (1 - variants));
	give(of(false, "simulated"), half * others);
	give(of(false, "real"), half * (1 - others));
	return weights;
}

/** A miner of which nothing came after the start-up would teach to take every short visit for one: it counts for nothing. */
function evidenceOf({ isMiner, evidence }: Example): number {
	return isMiner && evidence < 1 ? 0 : 1;
}

function divide(hasFirst: boolean, hasSecond: boolean, share: number): number {
	if (!hasFirst) return 0;
	return hasSecond ? share : 1;
}
