import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { arbitraryFrame, captured, usedPacket } from "./arbitrary-frame.testing.ts";
import { LINK_TYPE } from "./link-type.ts";
import { OUTCOME } from "./outcome.ts";
import { PacketDecoder } from "./packet-decoder.ts";
import { PLACES, placeOf, type Shard } from "./shard.ts";
import { CLIENT6, ethernet, ipv4, ipv6, SERVER6, tcp, udp } from "./testing.ts";

const shardsAt = (limits: readonly number[]): Shard[] =>
	[0, ...limits].map((begin, i) => ({ begin, end: [...limits, PLACES][i]! }));

function decoded(frame: readonly number[], options: { decapsulate?: boolean; shard?: Shard }, linkType: number) {
	const packet = usedPacket();
	const from = Object.assign(captured(frame, 0xee), { linkType });
	return { outcome: new PacketDecoder(options).decode(from, packet), packet };
}

test("of shards that cover all places exactly one has each packet, decoded as by a single meter", () => {
	const arbitraryLimits = fc.uniqueArray(fc.integer({ min: 1, max: PLACES - 1 }), { minLength: 1, maxLength: 4 });
	const linkTypes = fc.constantFrom(LINK_TYPE.ETHERNET, LINK_TYPE.ETHERNET, LINK_TYPE.LINUX_SLL);
	const property = fc.property(
		arbitraryFrame(),
		arbitraryLimits,
		fc.boolean(),
		linkTypes,
		(frame, limits, decapsulate, linkType) => {
			const alone = decoded(frame, { decapsulate }, linkType);
			const shards = shardsAt(limits.sort((a, b) => a - b));
			const all = shards.map((shard) => decoded(frame, { decapsulate, shard }, linkType));
			const [ours, ...more] = all.filter(({ outcome }) => outcome !== OUTCOME.ELSEWHERE);
			assert.deepEqual(more, []);
			assert.equal(ours!.outcome, alone.outcome);
			if (alone.outcome === OUTCOME.DECODED) assert.deepEqual(ours!.packet, alone.packet);
		},
	);
	fc.assert(property, { numRuns: 20_000, seed: 13 });
});

describe("the place of two addresses", () => {
	const one = { source: [10, 0, 0, 1], destination: [192, 0, 2, 7] };
	const other = { source: one.destination, destination: one.source };
	const placesOf = (...frames: number[][]) =>
		new Set(frames.map((frame) => placeOf(decoded(frame, {}, LINK_TYPE.ETHERNET).packet)));

	test("is the same for both directions and all ports", () => {
		const frames = [one, other].flatMap((ends) => [
			ethernet(0x0800, ipv4(6, tcp([1]), ends)),
			ethernet(0x0800, ipv4(17, udp([1], 5, 6), ends)),
		]);
		assert.equal(placesOf(...frames).size, 1);
	});

	test("is that of the addresses inside a tunnel that is opened", () => {
		const inside = ethernet(0x0800, ipv4(6, tcp([1]), one));
		const vxlan = [8, 0, 0, 0, 0, 0, 1, 0, ...inside];
		const shard = { begin: 0, end: PLACES / 2 };
		const outcomes = Array.from({ length: 32 }, (_, host) => {
			const tunnel = { source: [10, 9, 8, host], destination: [10, 9, 9, host] };
			const frame = ethernet(0x0800, ipv4(17, udp(vxlan, 40_000, 4789), tunnel));
			return decoded(frame, { decapsulate: true, shard }, LINK_TYPE.ETHERNET).outcome;
		});
		assert.equal(new Set(outcomes).size, 1);
		assert.equal(outcomes[0], decoded(inside, { shard }, LINK_TYPE.ETHERNET).outcome);
	});

	test("is spread evenly over the pairs", () => {
		const counts = new Uint32Array(8);
		for (let client = 0; client < 250; client++) {
			for (let server = 0; server < 64; server++) {
				const ends = { source: [10, 0, 0, client], destination: [198, 51, 100, server] };
				for (const place of placesOf(ethernet(0x0800, ipv4(6, tcp([]), ends))))
					counts[Math.floor((place * counts.length) / PLACES)]!++;
			}
		}
		for (const count of counts) assert.ok(count > 1800 && count < 2200, String(counts));
	});

	test("is the same for both directions of IPv6", () => {
		const back = { source: SERVER6, destination: CLIENT6 };
		const frames = [ethernet(0x86dd, ipv6(6, tcp([1]))), ethernet(0x86dd, ipv6(17, udp([1]), back))];
		assert.equal(placesOf(...frames).size, 1);
	});
});
