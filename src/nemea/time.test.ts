import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { fractionOfNanoseconds, microsecondsOf, writeTime } from "./time.ts";

const uint32 = fc.oneof(fc.nat(0xffffffff), fc.constantFrom(0, 1, 4294, 4295, 0x7fffffff, 0x80000000, 0xffffffff));

test("a time is whole microseconds, cut from the nanoseconds that the reference computes in 64-bit integers, for every second of 32 bits", () => {
	fc.assert(
		fc.property(uint32, uint32, (seconds, fraction) => {
			const nanoseconds = (BigInt(fraction) * 1_000_000_000n + 0xffffffffn) >> 32n;
			assert.equal(BigInt(microsecondsOf(seconds, fraction)), BigInt(seconds) * 1_000_000n + nanoseconds / 1000n);
		}),
		{ numRuns: 2000 },
	);
});

test("nanoseconds are the fraction that the reference computes in 64-bit integers", () => {
	fc.assert(
		fc.property(fc.nat(999_999_999), (nanoseconds) => {
			const reference = (BigInt(nanoseconds) * 0x44b82fa0an) >> 32n;
			assert.equal(BigInt(fractionOfNanoseconds(nanoseconds)), reference);
		}),
		{ numRuns: 2000 },
	);
});

test("whole microseconds survive being written and read", () => {
	const view = new DataView(new ArrayBuffer(8));
	fc.assert(
		fc.property(fc.nat(0xffffffff), fc.nat(999_999), (seconds, microseconds) => {
			const time = seconds * 1_000_000 + microseconds;
			writeTime(time, view, 0);
			assert.equal(microsecondsOf(view.getUint32(4, true), view.getUint32(0, true)), time);
		}),
		{ numRuns: 2000 },
	);
});
