import assert from "node:assert/strict";
import { test } from "node:test";
import { networks, positiveInteger, probability, seconds } from "./option-values.ts";

test("thresholds are numbers from 0 to 1", () => {
	assert.deepEqual(["0", "1", "0.03", "1e-4"].map(probability), [0, 1, 0.03, 0.0001]);
	for (const text of ["", "-0.1", "1.1", "NaN", "a", "Infinity", "0,5"])
		assert.throws(() => probability(text), /0 to 1/);
});

test("counts are whole and above 0, seconds above 0", () => {
	assert.equal(positiveInteger("100000"), 100000);
	for (const text of ["0", "-1", "1.5", "", "x", "1e3", "99999999999999999999"])
		assert.throws(() => positiveInteger(text));
	assert.equal(seconds("0.5"), 0.5);
	for (const text of ["0", "-1", "", "x"]) assert.throws(() => seconds(text));
});

test("networks stay text, which is checked", () => {
	assert.equal(networks("10.0.0.0/8,::1"), "10.0.0.0/8,::1");
	assert.throws(() => networks("10.0.0.0/33"), /no network/);
});
