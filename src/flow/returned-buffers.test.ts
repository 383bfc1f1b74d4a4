import assert from "node:assert/strict";
import { test } from "node:test";
import { bufferOf, takeBack } from "./returned-buffers.ts";

test("memory that came back is used again for what has its size, once", () => {
	const buffer = new ArrayBuffer(4321);
	takeBack([buffer]);
	assert.notEqual(bufferOf(4320), buffer);
	assert.equal(bufferOf(4321), buffer);
	assert.notEqual(bufferOf(4321), buffer);
});

test("no more is kept of a size than some batches need", () => {
	takeBack(Array.from({ length: 1000 }, () => new Uint8Array(1234).fill(1).buffer));
	const again = Array.from({ length: 1000 }, () => new Uint8Array(bufferOf(1234)));
	assert.ok(again.filter(([first]) => first === 1).length <= 64);
});
