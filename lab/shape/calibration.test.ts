import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { chooseThreshold } from "./calibration.ts";

const scores = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 3000 });

test("of real flows one in a thousand is above the threshold at most, of services one in twenty", () => {
	fc.assert(
		fc.property(scores, scores, (real, service) => {
			const threshold = chooseThreshold(real, service);
			const above = (of: readonly number[]) => of.filter((score) => score > threshold).length;
			assert.ok(above(real) <= real.length / 1000);
			assert.ok(above(service) <= service.length / 20);
		}),
	);
});

test("the threshold is no higher than a budget asks for", () => {
	fc.assert(
		fc.property(scores, scores, (real, service) => {
			const threshold = chooseThreshold(real, service) - 1e-3;
			const above = (of: readonly number[]) => of.filter((score) => score > threshold).length;
			assert.ok(
				threshold <= 0 ||
					above(real) > Math.floor(real.length / 1000) ||
					above(service) > Math.floor(service.length / 20),
			);
		}),
	);
});
