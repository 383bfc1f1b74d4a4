import assert from "node:assert/strict";
import { test } from "node:test";
import { bufferOf, takeBack } from "./returned-buffers.ts";

test("a returned buffer is reused once, for a request of the same size", () => {
	const buffer = new ArrayBuffer(4321);
	takeBack([buffer]);
	assert.notEqual(bufferOf(4320), buffer);
	assert.equal(bufferOf(4321), buffer);
	assert.notEqual(bufferOf(4321), buffer);
});

test("the number of buffers kept per size is bounded", () => {
	takeBack(Array.from({ length: 1000 }, () => new Uint8Array(1234).fill(1).buffer));
	const again = Array.from({ length: 1000 }, () => new Uint8Array(bufferOf(1234)));
	assert.ok(again.filter(([first]) => first === 1).length <= 64);
});
