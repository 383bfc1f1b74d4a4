import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { probabilityThreshold, supportMass } from "../detect/dempster-shafer.ts";
import { fitCombination, type UnseenScore } from "./fit-combination.ts";

const score = (probability: number, isMiner: boolean, fold = 0): UnseenScore => ({ probability, isMiner, fold });
const times = (n: number, each: UnseenScore) => Array.from({ length: n }, () => each);

test("reliability is the share of correct predictions, with equal weights of folds and classes", () => {
	const scores = [
		...times(80, score(0.1, false)),
		...times(20, score(0.9, false)),
		...times(3, score(0.8, true)),
		...times(1, score(0.2, true)),
		...times(5, score(0.3, false, 1)),
	];
	assert.equal(fitCombination(scores).reliability, 0.8875);
});

test("a model without errors gets slightly less than full reliability, one without information a half", () => {
	assert.equal(fitCombination([...times(9, score(0, false)), score(1, true)]).reliability, 0.999);
	assert.equal(fitCombination([...times(9, score(1, false)), score(0, true)]).reliability, 0.5);
});

test("a mining word in the server name decides for the nearest hundredth of ordinary flows and no more", () => {
	fc.assert(
		fc.property(
			fc.array(fc.double({ min: 0, max: 0.9, noNaN: true }), { minLength: 200, maxLength: 400 }),
			(values) => {
				const { reliability, dst } = fitCombination(values.map((value) => score(value, false)));
				const needed = probabilityThreshold(dst, reliability, supportMass(0.5));
				// `dst` is written with four digits.
				const turned = values.filter((value) => value > needed + 2e-3).length;
				assert.ok(turned <= Math.floor(values.length / 100), `${turned} of ${values.length}`);
			},
		),
	);
});
