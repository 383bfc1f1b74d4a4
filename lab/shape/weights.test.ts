import assert from "node:assert/strict";
import { test } from "node:test";
import { type Example, isPartOf, NOT_DRAWN } from "./examples.ts";
import { weightsOf } from "./weights.ts";

const SHARES = {
	ofMiners: 0.4,
	miners: { simulated: 0.5, real: 0.3, variant: 0.2, relative: 0, service: 0 },
	others: { simulated: 0.25, real: 0.75, variant: 0, relative: 0, service: 0 },
};

let count = 0;
function example(isMiner: boolean, given: Partial<Example>): Example {
	return {
		isMiner,
		origin: "simulated",
		source: "laboratory",
		connection: `connection ${count++}`,
		pair: "",
		host: "",
		isEncrypted: false,
		kind: "",
		begins: 0,
		draw: 1,
		bursts: 9,
		pushes: 3,
		replies: 3,
		hasStartup: true,
		...given,
	};
}

/** As many of one kind. */
const some = (number: number, isMiner: boolean, given: Partial<Example>) =>
	Array.from({ length: number }, () => example(isMiner, given));

test("each draw's model has the shares of class and origin, whatever the other draws contain", () => {
	const real = { origin: "real", draw: NOT_DRAWN } as const;
	const all = [
		...some(4, true, { ...real, source: "a" }),
		...some(16, true, { ...real, source: "b" }),
		...some(30, false, { ...real, source: "a" }),
		...[1, 2].flatMap((draw) => [
			...some(20 * draw, true, { draw }),
			...some(9, true, { draw, origin: "variant", source: "a" }),
			...some(70 / draw, false, { draw }),
		]),
	];
	const weights = weightsOf(all, SHARES);
	for (const draw of [1, 2]) {
		const share = (holds: (of: Example) => boolean) => {
			const sum = (of: (i: number) => boolean) =>
				[...all.keys()].filter((i) => isPartOf(all[i]!, draw) && of(i)).reduce((total, i) => total + weights[i]!, 0);
			return sum((i) => holds(all[i]!)) / sum(() => true);
		};
		near(
			share(({ isMiner }) => isMiner),
			0.4,
		);
		near(
			share(({ isMiner, origin }) => isMiner && origin === "simulated"),
			0.4 * 0.5,
		);
		near(
			share(({ isMiner, origin }) => isMiner && origin === "variant"),
			0.4 * 0.2,
		);
		near(
			share(({ isMiner, origin }) => !isMiner && origin === "real"),
			0.6 * 0.75,
		);
		// Of two sources, the one four times as large has twice the weight.
		near(
			share(({ isMiner, origin, source }) => isMiner && origin === "real" && source === "b"),
			(0.4 * 0.3 * 2) / 3,
		);
	}
});

test("the share of an absent origin goes to the others; flows of one connection count by the root of their number", () => {
	const all = [
		...some(4, true, { connection: "one" }),
		...some(1, true, { connection: "other" }),
		...some(5, false, { connection: "third" }),
	];
	const weights = weightsOf(all, SHARES);
	near(weights.subarray(0, 5).reduce((sum, weight) => sum + weight, 0) / 10, 0.4);
	near(weights[4]! / weights[0]!, 2);
});

test("a miner's flow without visible messages has no weight, one with few has a low weight", () => {
	const all = [
		example(true, { bursts: 0 }),
		example(true, { pushes: 0, replies: 2 }),
		example(true, {}),
		...some(3, false, { bursts: 0 }),
	];
	const [silent, few, telling] = weightsOf(all, SHARES);
	assert.equal(silent, 0);
	near(few! / telling!, 1 / 16);
});

function near(value: number, wanted: number): void {
	assert.ok(Math.abs(value - wanted) < 1e-9, `${value}, not ${wanted}`);
}
