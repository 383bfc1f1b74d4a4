import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { DecodedPacket, FRAGMENT } from "../capture/decoded-packet.ts";
import { type Flow, flowAt } from "../flow/flow.ts";
import { extension, helloMessage, inRecords } from "../tls/testing.ts";
import { END_REASON } from "./end-reason.ts";
import { PlainMeter } from "./meter.oracle.testing.ts";
import { Meter, type MeterOptions } from "./meter.ts";

interface Step {
	readonly packet: DecodedPacket;
	readonly bytes: Uint8Array;
	readonly time: number;
}

const hello = inRecords(helloMessage({ extensions: [extension.serverName("pool.example")] }));
const PAYLOADS: Uint8Array[] = [0, 1, 1, 40, 99, 101, 160, 1400].map((length) =>
	new Uint8Array(length).fill(length + 1),
);
PAYLOADS.push(hello, hello.subarray(0, 50), Uint8Array.from([...hello].with(5, 2)));

function step(fields: Partial<DecodedPacket>, payload: Uint8Array, time: number): Step {
	const packet = Object.assign(new DecodedPacket(), { version: 4, protocol: 6, ...fields });
	packet.payloadBegin = 3;
	packet.payloadEnd = 3 + payload.length;
	packet.payloadLength = fields.payloadLength ?? payload.length;
	packet.ipLength = 40 + packet.payloadLength;
	return { packet, bytes: Uint8Array.from([9, 9, 9, ...payload]), time };
}

/** Packets among few hosts and ports, so that they share flows; silences of all lengths around the timeouts. */
function arbitraryTraffic(): fc.Arbitrary<Step[]> {
	const address = fc.constantFrom(1, 2, -1, 0x7fffffff);
	const port = fc.constantFrom(0, 1, 80, 65535);
	const silence = fc.oneof(
		fc.nat(3_000_000),
		fc.nat(200_000),
		fc.constantFrom(9_999_999, 10_000_000, 31_000_000, 4e12),
	);
	const one = fc.record({
		version: fc.constantFrom(4, 4, 6),
		protocol: fc.constantFrom(6, 6, 17, 1),
		vlan: fc.constantFrom(0, 0, 5),
		source: address,
		destination: address,
		source3: fc.constantFrom(0, 1),
		sourcePort: port,
		destinationPort: port,
		flags: fc.constantFrom(0x10, 0x18, 0x02, 0x12, 0x01, 0x14),
		fragment: fc.constantFrom<number>(FRAGMENT.NONE, FRAGMENT.NONE, FRAGMENT.NONE, FRAGMENT.FIRST, FRAGMENT.LATER),
		fragmentId: fc.nat(2),
		payload: fc.constantFrom(...PAYLOADS),
		missing: fc.constantFrom(0, 0, 0, 700),
		silence,
	});
	return fc.array(one, { maxLength: 120 }).map((packets) => {
		let time = 1_700_000_000_000_000;
		return packets.map((about) => {
			time += about.silence;
			const later = about.fragment === FRAGMENT.LATER;
			const hasPorts = about.protocol !== 1 && !later;
			const fields: Partial<DecodedPacket> = {
				version: about.version,
				protocol: about.protocol,
				vlan: about.vlan,
				source0: about.source,
				destination0: about.destination,
				source3: about.version === 6 ? about.source3 : 0,
				sourcePort: hasPorts ? about.sourcePort : 0,
				destinationPort: hasPorts ? about.destinationPort : 0,
				tcpFlags: about.protocol === 6 && !later ? about.flags : 0,
				fragment: about.fragment,
				fragmentId: about.fragmentId,
				payloadLength: about.payload.length + about.missing,
			};
			return step(fields, about.payload, time);
		});
	});
}

function metered(steps: readonly Step[], options: MeterOptions): Flow[] {
	const meter = new Meter({ maximumFlows: 1000, ...options });
	for (const { packet, bytes, time } of steps) meter.add(Object.assign(new DecodedPacket(), packet), bytes, time);
	while (meter.drain(7));
	return Array.from({ length: meter.flows.length }, (_, i) => flowAt(meter.flows.columns(), i));
}

/** A longer payload begins with the first one; without one, the predicate rejected it. */
function assertBegins(long: Uint8Array, first: Uint8Array, { payloadBytes, isPayloadWanted }: MeterOptions): void {
	const isWanted = first.length > 0 && (isPayloadWanted?.(first, 0, first.length) ?? true);
	assert.equal(long.length > 0, isWanted);
	assert.ok(long.length <= payloadBytes!);
	const alike = Math.min(long.length, first.length);
	assert.deepEqual(long.slice(0, alike), first.slice(0, alike));
}

const sorted = (flows: readonly Flow[]) => flows.map((flow) => JSON.stringify(flow)).sort();
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

describe("the meter", () => {
	test("makes the flows of its oracle, in any order", () => {
		const timeouts = { activeTimeout: 30, inactiveTimeout: 10 };
		const property = fc.property(arbitraryTraffic(), fc.integer(), fc.boolean(), (steps, seed, vlanInKey) => {
			const plain = new PlainMeter({ ...timeouts, vlanInKey });
			for (const { packet, bytes, time } of steps) plain.add(packet, bytes, time);
			assert.deepEqual(sorted(metered(steps, { ...timeouts, vlanInKey, seed })), sorted(plain.finish()));
		});
		fc.assert(property, { numRuns: 400, seed: 3 });
	});

	test("keeps the same first payloads with and without long payloads", () => {
		const isPayloadWanted = (bytes: Uint8Array, begin: number): boolean => bytes[begin]! % 2 === 0;
		const more: MeterOptions[] = [512, 101, 100, 99, 41].flatMap((payloadBytes) => [
			{ payloadBytes },
			{ payloadBytes, isPayloadWanted },
		]);
		const property = fc.property(arbitraryTraffic(), fc.constantFrom(...more), (steps, options) => {
			const bare = metered(steps, {});
			for (const [i, { longPayload, longPayloadReverse, ...flow }] of metered(steps, options).entries()) {
				assert.deepEqual(flow, bare[i]);
				assertBegins(longPayload!, flow.payload, options);
				assertBegins(longPayloadReverse!, flow.payloadReverse, options);
			}
		});
		fc.assert(property, { numRuns: 400, seed: 9 });
	});

	test("returns flows in an order independent of the hash's seed", () => {
		const property = fc.property(arbitraryTraffic(), fc.integer(), fc.integer(), (steps, one, other) => {
			const options = { maximumFlows: 9, inactiveTimeout: 5 };
			assert.deepEqual(metered(steps, { ...options, seed: one }), metered(steps, { ...options, seed: other }));
		});
		fc.assert(property, { numRuns: 200, seed: 4 });
	});

	test("loses no packet and no byte when the table is too small: an evicted flow is exported, too", () => {
		const property = fc.property(arbitraryTraffic(), fc.integer({ min: 1, max: 6 }), (steps, maximumFlows) => {
			const flows = metered(steps, { maximumFlows, payloadBytes: 300, handshakes: true });
			assert.equal(sum(flows.map((flow) => flow.packets + flow.packetsReverse)), steps.length);
			const bytes = sum(flows.map((flow) => flow.bytes + flow.bytesReverse));
			assert.equal(bytes, sum(steps.map(({ packet }) => packet.ipLength)));
		});
		fc.assert(property, { numRuns: 200, seed: 5 });
	});

	test("a table full of ordinary flows has memory for their contents", () => {
		const meter = new Meter({ maximumFlows: 2000 });
		for (let i = 0; i < 2000; i++) {
			for (let k = 0; k < 10; k++) {
				const [source0, destination0] = k % 2 === 0 ? [i, -1] : [-1, i];
				const { packet, bytes } = step({ source0, destination0 }, k === 2 ? hello : PAYLOADS[5]!, 0);
				meter.add(packet, bytes, 0);
			}
		}
		assert.deepEqual([meter.size, meter.evicted], [2000, 0]);
	});

	test("a flood of new flows evicts the idle ones and counts them; the table keeps its size", () => {
		const meter = new Meter({ maximumFlows: 500 });
		const busy = step({ source0: 7, destination0: 8, sourcePort: 1, destinationPort: 2 }, PAYLOADS[3]!, 0);
		for (let i = 0; i < 20_000; i++) {
			const flood = step({ source0: i, destination0: 9, sourcePort: i & 0xffff, tcpFlags: 2 }, PAYLOADS[7]!, i * 100);
			meter.add(flood.packet, flood.bytes, flood.time);
			if (i % 10 === 0) meter.add(busy.packet, busy.bytes, i * 100 + 1);
		}
		assert.equal(meter.size, 500);
		assert.equal(meter.evicted, 20_000 + 1 - 500);
		assert.equal(meter.endReasons[END_REASON.LACK_OF_RESOURCES], meter.evicted);
		while (meter.drain(1000));
		const flows = Array.from({ length: meter.flows.length }, (_, i) => flowAt(meter.flows.columns(), i));
		assert.equal(flows.find((flow) => flow.sourcePort === 1 && flow.destinationPort === 2)!.packets, 2000);
	});

	test("a table larger than memory can hold is refused in one sentence", () => {
		assert.throws(
			() => new Meter({ maximumFlows: 100_000_000 }),
			/flow table of 100000000 flows is too large: at most/,
		);
	});

	test("a tagged and an untagged direction are one flow, unless the tag is part of the key", () => {
		const out = step({ source0: 1, destination0: 2, vlan: 5 }, PAYLOADS[1]!, 0);
		const back = step({ source0: 2, destination0: 1 }, PAYLOADS[1]!, 1);
		const [flow, ...others] = metered([out, back], { vlan: true });
		assert.deepEqual([flow!.packets, flow!.packetsReverse, flow!.vlan, others.length], [1, 1, 5, 0]);
		assert.equal(metered([out, back], { vlanInKey: true }).length, 2);
	});

	test("times that jump by years, back and forth, break nothing", () => {
		const times = fc.array(fc.oneof(fc.nat(2 ** 52), fc.integer({ min: -(2 ** 52), max: 2 ** 52 })), {
			minLength: 1,
			maxLength: 60,
		});
		fc.assert(
			fc.property(times, (times) => {
				const steps = times.map((time, i) => step({ source0: i % 3, destination0: 9 }, PAYLOADS[i % 8]!, time));
				const flows = metered(steps, { live: true });
				assert.equal(sum(flows.map((flow) => flow.packets + flow.packetsReverse)), steps.length);
			}),
			{ numRuns: 200, seed: 6 },
		);
	});

	test("live, flows end by the clock without a packet: silent ones, and long ones at the active timeout", () => {
		const meter = new Meter({ activeTimeout: 300, inactiveTimeout: 65, live: true, maximumFlows: 10 });
		const silent = step({ source0: 1, destination0: 2 }, PAYLOADS[1]!, 0);
		meter.add(silent.packet, silent.bytes, 0);
		for (let second = 0; second <= 280; second += 40) {
			const talking = step({ source0: 1, destination0: 3 }, PAYLOADS[1]!, second * 1e6);
			meter.add(talking.packet, talking.bytes, talking.time);
			meter.tick(second * 1e6);
		}
		assert.deepEqual([...meter.endReasons], [0, 1, 0, 0, 0, 0]);
		meter.tick(299_999_999);
		assert.equal(meter.size, 1);
		meter.tick(300_000_000);
		assert.deepEqual([...meter.endReasons], [0, 1, 1, 0, 0, 0]);
		assert.equal(meter.size, 0);
	});
});
