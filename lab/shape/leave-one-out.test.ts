import assert from "node:assert/strict";
import { test } from "node:test";
import { simulateCorpus } from "./corpus.ts";
import { Examples, isPartOf } from "./examples.ts";
import { type Recipe, trainOn } from "./leave-one-out.ts";

const RECIPE: Recipe = {
	featureNames: ["PUSHES", "REPLY_LENGTH"],
	shares: {
		ofMiners: 0.5,
		miners: { simulated: 1, real: 0, variant: 0, relative: 0, service: 0 },
		others: { simulated: 1, real: 0, variant: 0, relative: 0, service: 0 },
	},
	boosting: { rounds: 3, maxLeaves: 4 },
	conversations: 60,
	draws: 2,
	stages: [{ rounds: 1, rejectAt: -9 }],
};

test("a model is the mean of one model per draw, each trained on its own draw", async () => {
	const examples = new Examples();
	for (const draw of [1, 2]) {
		for (const label of ["Miner", "Other"] as const) {
			const { flows } = simulateCorpus({ label, conversations: RECIPE.conversations * draw, seed: draw });
			examples.add(flows, (i) => ({
				isMiner: label === "Miner",
				origin: "simulated",
				source: "laboratory",
				connection: `${label} ${i}`,
				pair: `${label} ${i}`,
				host: `${label} ${i}`,
				isEncrypted: false,
				kind: "",
				begins: 0,
				draw,
			}));
		}
	}
	const all = examples.where(() => true);
	const { roots, weight, stages } = await trainOn(examples, all, RECIPE);
	assert.equal(roots.length - 1, 2 * 3);
	assert.deepEqual(stages, [{ trees: 2, rejectAt: -9 }]);
	// A root's weight is that of the rows times p (1 − p), which is 1/4 where both classes weigh the same: 1/4 a row of one draw.
	for (const first of [0, 1]) near(weight[roots[first]!]!, all.length / 2 / 4);
	assert.notEqual(
		examples.where((example) => isPartOf(example, 1)).length,
		examples.where((example) => isPartOf(example, 2)).length,
	);
});

function near(value: number, wanted: number): void {
	assert.ok(Math.abs(value / wanted - 1) < 1e-4, `${value}, not ${wanted}`);
}
