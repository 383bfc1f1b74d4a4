import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { csvCell } from "./csv-cell.ts";

test("an apostrophe precedes text that a spreadsheet would interpret as a formula", () => {
	for (const formula of ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://a.example")'])
		assert.match(csvCell(formula), /^"?'[=+\-@]/);
	assert.equal(csvCell("pool.example"), "pool.example");
	assert.equal(csvCell(-1), "-1");
	assert.equal(csvCell(undefined), "");
});

test("no text leaves its cell, controls a terminal or becomes a formula", () => {
	fc.assert(
		fc.property(fc.string({ unit: "binary" }), (text) => {
			const cell = csvCell(text);
			assert.doesNotMatch(cell, /[\p{Cc}\p{Cf}]/u);
			assert.doesNotMatch(cell, /^"?[=+\-@]/);
			if (cell.startsWith('"')) assert.match(cell, /^"([^"]|"")*"$/);
			else assert.doesNotMatch(cell, /,/);
		}),
	);
});
