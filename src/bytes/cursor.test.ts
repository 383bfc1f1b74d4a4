import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ByteCursor } from "./cursor.ts";

test("integers are read in the byte order of the method's name", () => {
	const cursor = new ByteCursor(Uint8Array.of(1, 2, 3, 4, 0xff, 0xfe, 0xfd, 0xfc, 9, 8, 7));
	assert.equal(cursor.u32(), 0x01020304);
	assert.equal(cursor.u32le(), 0xfcfdfeff);
	assert.equal(cursor.u16le(), 0x0809);
	assert.equal(cursor.u8(), 7);
	assert.equal(cursor.failed, false);
});

test("a read out of bounds returns zero and fails permanently", () => {
	const cursor = new ByteCursor(Uint8Array.of(1, 2, 3));
	assert.equal(cursor.u32(), 0);
	assert.equal(cursor.failed, true);
	assert.equal(cursor.u8(), 0);
	assert.equal(cursor.remaining, 0);
});

test("an entered part bounds its reader, and leaving it moves past its end", () => {
	const cursor = new ByteCursor(Uint8Array.of(1, 2, 3, 4));
	const outer = cursor.enter(2);
	assert.equal(cursor.u8(), 1);
	cursor.leave(outer);
	assert.equal(cursor.u8(), 3);
	const again = cursor.enter(1);
	cursor.u16();
	cursor.leave(again);
	assert.equal(cursor.failed, true);
});

test("no sequence of reads touches a byte outside the bounds", () => {
	const reads = fc.array(
		fc.tuple(
			fc.constantFrom("u8", "u16", "u24", "u32", "u16le", "u32le", "skip", "view"),
			fc.integer({ min: -2, max: 9 }),
		),
	);
	fc.assert(
		fc.property(fc.uint8Array({ maxLength: 20 }), fc.nat(25), fc.nat(25), reads, (bytes, begin, end, operations) => {
			const cursor = new ByteCursor(bytes, begin, end);
			for (const [name, count] of operations) {
				if (name === "skip") cursor.skip(count);
				else if (name === "view") assert.ok(cursor.view(count).length <= Math.max(0, end - begin));
				else assert.ok(Number.isInteger(cursor[name as "u8"]()));
			}
			assert.ok(cursor.failed || (cursor.offset <= cursor.end && cursor.end <= bytes.length));
		}),
	);
});
