import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { TellingWords } from "./telling-words.ts";

const occurs = (words: TellingWords, name: string) => {
	const bytes = Buffer.from(`..${name}..`, "latin1");
	return words.occurIn(bytes, 2, 2 + Buffer.from(name, "latin1").length);
};

test("a word is found at any position, in any case, and only inside the bounds", () => {
	const words = new TellingWords(["pool", "mining", "2miners"]);
	for (const name of ["pool", "whirlPOOL.com", "data-Mining", "x.2miners.com"]) assert.ok(occurs(words, name), name);
	for (const name of ["", "po", "poo", "minin", "p ool", "miners"]) assert.ok(!occurs(words, name), name);
	assert.equal(words.occurIn(Buffer.from("pool"), 0, 3), false);
});

test("a word of three letters counts at the edge of a run of letters only", () => {
	const words = new TellingWords(["eth"]);
	for (const name of ["eth", "eth.example", "my-eth1", "ethan", "beth", "eth2x"]) assert.ok(occurs(words, name), name);
	for (const name of ["method", "something.else", "together"]) assert.ok(!occurs(words, name), name);
});

test("it agrees with looking for each word in turn", () => {
	const letters = fc.string({ unit: fc.constantFrom(..."abcAB1.-".split("")), maxLength: 12 });
	const word = fc.string({ unit: fc.constantFrom(..."abc1".split("")), minLength: 4, maxLength: 6 });
	fc.assert(
		fc.property(fc.array(word, { minLength: 1, maxLength: 8 }), letters, (list, name) => {
			const expected = list.some((one) => name.toLowerCase().includes(one));
			assert.equal(occurs(new TellingWords(list), name), expected);
		}),
	);
});
