import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { arbitraryFrame, captured, usedPacket } from "./arbitrary-frame.testing.ts";
import { LayerDecoder } from "./layer-decoder.ts";
import { PacketDecoder } from "./packet-decoder.ts";

test("a packet of the common kind is decoded as layer by layer, whatever its headers say", () => {
	const property = fc.property(arbitraryFrame(), fc.boolean(), (frame, decapsulate) => {
		const [fast, plain] = [usedPacket(), usedPacket()];
		const outcome = new PacketDecoder({ decapsulate }).decode(captured(frame, 0xee), fast);
		assert.equal(outcome, new LayerDecoder(decapsulate).decode(captured(frame, 0xee), plain));
		if (outcome === 0) assert.deepEqual(fast, plain);
	});
	fc.assert(property, { numRuns: 20_000, seed: 11 });
});

test("what stands beside the captured bytes changes nothing", () => {
	const decoder = new PacketDecoder();
	const property = fc.property(arbitraryFrame(), fc.nat(255), (frame, beside) => {
		const [one, other] = [usedPacket(), usedPacket()];
		const outcome = decoder.decode(captured(frame, 0), one);
		assert.equal(outcome, decoder.decode(captured(frame, beside), other));
		if (outcome === 0) assert.deepEqual(one, other);
	});
	fc.assert(property, { numRuns: 10_000, seed: 12 });
});
