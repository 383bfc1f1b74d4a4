import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { terminalText } from "./terminal-text.ts";

test("escape sequences, controls and direction marks are shown, not executed", () => {
	assert.equal(terminalText("\u001b[2Jpool\r\n\u009b31m\u202eexe"), "\\u{1b}[2Jpool\\u{d}\\u{a}\\u{9b}31m\\u{202e}exe");
});

test("ordinary text of any language is unchanged", () => {
	for (const text of ["pool.example:3333", "žluťoučký kůň", "矿池", "🪙"]) assert.equal(terminalText(text), text);
});

test("the result never contains a control character", () => {
	fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => !/\p{Cc}/u.test(terminalText(text))));
});
