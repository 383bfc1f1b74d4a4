import assert from "node:assert/strict";
import { test } from "node:test";
import { addressBytes } from "../flow/address.ts";
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

test("networks are told by prefix, in both versions of IP; a bare address is its own network", () => {
	const internal = networks("10.0.0.0/8, 2001:db8::/32,192.0.2.7");
	const inside = (text: string) => internal(addressBytes(text)!, 0);
	assert.deepEqual(["10.255.0.1", "11.0.0.1", "2001:db8::9", "2001:db9::", "192.0.2.7", "192.0.2.8"].map(inside), [
		true,
		false,
		true,
		false,
		true,
		false,
	]);
	for (const text of ["", "10.0.0.0/33", "10.0.0/8", "::/129", "10.0.0.0/8/8", "10.0.0.0/-1", "example.org"])
		assert.throws(() => networks(text), /no network/);
});
