import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { MAXIMUM_PARTS, StreamBuffer } from "./stream-buffer.ts";

describe("a stream buffer", () => {
	it("agrees with a map of bytes that keeps the first copy of a byte", () => {
		const part = fc.tuple(fc.integer({ min: -4, max: 70 }), fc.uint8Array({ maxLength: 24 }));
		fc.assert(
			fc.property(fc.array(part, { maxLength: 40 }), (parts) => {
				const buffer = new StreamBuffer(64);
				const plain = new Map<number, number>();
				for (const [offset, data] of parts) {
					const framed = Uint8Array.from([9, ...data, 9]);
					const taken = buffer.write(offset, framed, 1, 1 + data.length);
					const fits = offset >= 0 && offset + data.length <= 64;
					if (!fits) assert.equal(taken, false);
					if (taken) {
						for (const [i, byte] of data.entries()) if (!plain.has(offset + i)) plain.set(offset + i, byte);
					}
				}
				let contiguous = 0;
				while (plain.has(contiguous)) contiguous++;
				assert.equal(buffer.contiguous, contiguous);
				for (const [at, byte] of plain) assert.equal(buffer.bytes[at], byte);
			}),
			{ numRuns: 2000 },
		);
	});

	it("refuses one separate part too many, and takes it once the gaps are filled", () => {
		const buffer = new StreamBuffer(100);
		for (let i = 0; i < MAXIMUM_PARTS; i++) assert.ok(buffer.write(1 + 3 * i, Uint8Array.of(i), 0, 1));
		assert.equal(buffer.write(80, Uint8Array.of(1), 0, 1), false);
		assert.equal(buffer.contiguous, 0);
		assert.ok(buffer.write(0, new Uint8Array(20), 0, 20));
		assert.ok(buffer.write(80, Uint8Array.of(1), 0, 1));
		assert.equal(buffer.contiguous, 20);
	});

	it("is empty after clear", () => {
		const buffer = new StreamBuffer(8);
		buffer.write(0, new Uint8Array(8), 0, 8);
		assert.equal(buffer.contiguous, 8);
		buffer.clear();
		assert.equal(buffer.contiguous, 0);
	});
});
