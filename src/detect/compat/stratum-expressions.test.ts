import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { containsStratum, searchStratum } from "./stratum-expressions.ts";

const isStratum = (text: string) => containsStratum(Buffer.from(text, "latin1"), 0, text.length);

test("any one of the original's literals is enough", () => {
	for (const text of [
		'x"params":',
		"mining.set_target",
		"mining.notify",
		'{"jsonrpc": "2.0"',
		'"method":\n"x',
		'"worker":"a',
	]) {
		assert.equal(isStratum(text), true, text);
	}
	for (const text of [
		'params"',
		"mining.submit",
		'"jsonrpc":  "2.0"',
		'"method":\v"x',
		'"METHOD":"x',
		'"worker":',
		"",
	]) {
		assert.equal(isStratum(text), false, text);
	}
});

test("id, result and error count in any order on one line, but only in the first match", () => {
	assert.equal(isStratum('{"id":1,"result":true,"error":null}'), true);
	assert.equal(isStratum('{"error":null,"id":1,"result":true}'), true);
	assert.equal(
		isStratum('{"id":1,"result":true,"error":null,"error":'),
		false,
		"the second error takes the last place",
	);
	assert.equal(isStratum('{"id":1,\n"result":true,"error":null}'), false, "lines do not combine");
	assert.equal(isStratum('"id error":\nresult'), true, "unless the line ends right behind an error");
	assert.equal(isStratum('"id result "id\n"id result error":'), false, "the first match decides");
});

test("the quick rejection has no false negatives, at any alignment of the payload", () => {
	const tokens = fc.constantFrom(
		'"id',
		"result",
		'error":',
		'params":',
		"mining.set",
		"mining.not",
		'"method":"',
		'"jsonrpc": "',
	);
	const soup = fc.oneof(tokens, tokens, fc.constantFrom("\n", " ", "g", ".", '"', ":"), fc.string({ maxLength: 9 }));
	let found = 0;
	fc.assert(
		fc.property(fc.array(soup, { maxLength: 8 }), fc.nat(3), fc.nat(3), (pieces, before, behind) => {
			const bytes = Buffer.from(pieces.join(""), "latin1");
			const end = bytes.length - behind;
			const expected = searchStratum(bytes, before, end);
			assert.equal(containsStratum(bytes, before, end), expected);
			if (expected) found++;
		}),
		{ numRuns: 5000 },
	);
	assert.ok(found > 1000, `${found} were found`);
});

test("a payload that consists only of tokens is processed in linear time", () => {
	// A search that began anew at every token would sit here for hours.
	assert.equal(isStratum('"id'.repeat(200_000)), false);
	assert.equal(isStratum('error":\n'.repeat(200_000)), false);
	assert.equal(isStratum('error":\nresult\n'.repeat(200_000)), false);
	assert.equal(isStratum(`${'"id\n'.repeat(200_000)}"id result error":`), true);
});
