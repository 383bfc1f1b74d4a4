import assert from "node:assert/strict";
import { test } from "node:test";
import { stripVTControlCharacters } from "node:util";
import fc from "fast-check";
import { type FittedColumn, fittedTable, wrapped } from "./fitted-table.ts";

type Row = readonly string[];
const plain = (text: string): string => text;

const columns: readonly FittedColumn<Row>[] = [
	{ heading: "host", rank: 0, least: 8, cell: (row) => row[0]!, colour: (text) => `\u001b[31m${text}\u001b[39m` },
	{ heading: "pool", rank: 0, least: 10, cell: (row) => row[1]! },
	{ heading: "coin", rank: 1, cell: (row) => row[2]! },
	{ heading: "bytes", rank: 2, align: "right", cell: (row) => row[3]! },
];

const cell = fc.string({ unit: "binary", maxLength: 60 });
const row = fc.tuple(cell, cell, cell, cell);

test("every row is one line within the width, whatever the cells hold", () => {
	fc.assert(
		fc.property(fc.array(row, { minLength: 1, maxLength: 20 }), fc.integer({ min: 24, max: 300 }), (rows, width) => {
			const lines = fittedTable(columns, rows, width, plain).split("\n");
			assert.equal(lines.length, rows.length + 1);
			for (const line of lines) assert.ok(stripVTControlCharacters(line).length <= width, line);
		}),
	);
});

test("columns of the highest rank go first, then cells are cut; what fits is shown whole", () => {
	const rows: Row[] = [["192.0.2.7", "a-long-name.pool.example:3333", "Monero", "12 kB"]];
	assert.equal(
		stripVTControlCharacters(fittedTable(columns, rows, 80, plain)),
		"host       pool                           coin    bytes\n192.0.2.7  a-long-name.pool.example:3333  Monero  12 kB",
	);
	assert.equal(
		stripVTControlCharacters(fittedTable(columns, rows, 30, plain)),
		"host       pool         coin\n192.0.2.7  a-long-nam…  Monero",
	);
	assert.equal(
		stripVTControlCharacters(fittedTable(columns, rows, 24, plain)),
		"host       pool\n192.0.2.7  a-long-name.…",
	);
});

test("empty columns are left out", () => {
	assert.doesNotMatch(fittedTable(columns, [["h", "p", "", ""]], 80, plain), /coin|bytes/);
});

test("long text breaks at its separators", () => {
	assert.equal(wrapped(["3 captures", "42 packets", "7 flows"], " · ", 24), "3 captures · 42 packets\n7 flows");
	assert.equal(wrapped(["one"], " ", 1), "one");
});
