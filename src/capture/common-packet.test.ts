import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { arbitraryFrame, captured, usedPacket } from "./arbitrary-frame.testing.ts";
import { LayerDecoder } from "./layer-decoder.ts";
import { PacketDecoder } from "./packet-decoder.ts";

test("the fast path decodes a packet like the layer decoder, for any header values", () => {
	const property = fc.property(arbitraryFrame(), fc.boolean(), (frame, decapsulate) => {
		const [fast, plain] = [usedPacket(), usedPacket()];
		const outcome = new PacketDecoder({ decapsulate }).decode(captured(frame, 0xee), fast);
		assert.equal(outcome, new LayerDecoder(decapsulate).decode(captured(frame, 0xee), plain));
		if (outcome === 0) assert.deepEqual(fast, plain);
	});
	fc.assert(property, { numRuns: 20_000, seed: 11 });
});

test("bytes outside the captured ones change nothing", () => {
	const decoder = new PacketDecoder();
	const property = fc.property(arbitraryFrame(), fc.nat(255), (frame, beside) => {
		const [one, other] = [usedPacket(), usedPacket()];
		const outcome = decoder.decode(captured(frame, 0), one);
		assert.equal(outcome, decoder.decode(captured(frame, beside), other));
		if (outcome === 0) assert.deepEqual(one, other);
	});
	fc.assert(property, { numRuns: 10_000, seed: 12 });
});
