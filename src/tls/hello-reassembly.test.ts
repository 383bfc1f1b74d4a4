import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { ClientHello, serverNameOf } from "./client-hello.ts";
import { HelloReassembly } from "./hello-reassembly.ts";
import { extension, helloMessage, inRecords } from "./testing.ts";

const long = inRecords(
	helloMessage({ extensions: [extension.longKeyShare(), extension.serverName("late.pool.example")] }),
);
const into = new ClientHello();

describe("a ClientHello over several segments", () => {
	it("is complete with the last segment", () => {
		const reassembly = new HelloReassembly();
		const handle = reassembly.open(0xffff_fff0);
		assert.ok(handle > 0);
		assert.equal(reassembly.add(handle, 0xffff_fff0, long, 0, 1000, into), "incomplete");
		// The sequence number has wrapped at 2^32.
		assert.equal(reassembly.add(handle, (0xffff_fff0 + 1000) >>> 0, long, 1000, long.length, into), "complete");
		assert.equal(serverNameOf(into), "late.pool.example");
		assert.equal(reassembly.add(handle, 0, long, 0, 10, into), "none");
	});

	it("is the same in any order of segments, with copies", () => {
		const cuts = fc.uniqueArray(fc.integer({ min: 1, max: long.length - 1 }), { maxLength: 8 });
		fc.assert(
			fc.property(cuts, fc.infiniteStream(fc.nat()), fc.integer(), (at, choices, first) => {
				const bounds = [0, ...at.sort((a, b) => a - b), long.length];
				const segments = bounds.slice(1).map((end, i) => [bounds[i]!, end] as const);
				const sent = [...segments, ...segments].sort(() => (choices.next().value % 2 === 0 ? 1 : -1));
				const reassembly = new HelloReassembly(2);
				const handle = reassembly.open(first);
				let result = "incomplete";
				for (const [begin, end] of sent) {
					if (result !== "incomplete") break;
					result = reassembly.add(handle, (first + begin) >>> 0, long, begin, end, into);
				}
				assert.equal(result, "complete");
				assert.equal(serverNameOf(into), "late.pool.example");
			}),
			{ numRuns: 300 },
		);
	});

	it("ignores the old byte of a keep-alive and bytes far ahead", () => {
		const reassembly = new HelloReassembly();
		const handle = reassembly.open(1000);
		reassembly.add(handle, 1000, long, 0, 500, into);
		assert.equal(reassembly.add(handle, 999, Uint8Array.of(0), 0, 1, into), "incomplete");
		assert.equal(reassembly.add(handle, 1000 + 1_000_000, long, 0, 500, into), "incomplete");
		assert.equal(reassembly.add(handle, 1500, long, 500, long.length, into), "complete");
	});

	it("is discarded once the bytes cannot be a hello", () => {
		const reassembly = new HelloReassembly();
		const handle = reassembly.open(0);
		assert.equal(reassembly.add(handle, 0, Buffer.from("GET / HTTP/1.1"), 0, 14, into), "none");
		assert.equal(reassembly.add(handle, 0, long, 0, 14, into), "none");
	});

	it("is replaced by newer ones, and counted", () => {
		const reassembly = new HelloReassembly(4);
		const handles = Array.from({ length: 6 }, () => reassembly.open(0));
		assert.equal(reassembly.evicted, 2);
		assert.equal(reassembly.add(handles[0]!, 0, long, 0, 100, into), "none");
		assert.equal(reassembly.add(handles[5]!, 0, long, 0, 100, into), "incomplete");
		reassembly.close(handles[5]!);
		assert.equal(reassembly.add(handles[5]!, 0, long, 0, 100, into), "none");
	});
});
