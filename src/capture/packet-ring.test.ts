import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { CapturedPacket } from "./captured-packet.ts";
import { PacketRing } from "./packet-ring.ts";

const CAPACITY = 1 << 16;

function packetOf(time: number, length: number): CapturedPacket {
	const packet = new CapturedPacket();
	packet.bytes = new Uint8Array(length + 3).fill(time & 0xff);
	packet.begin = 3;
	packet.end = length + 3;
	packet.wireLength = length;
	packet.linkType = 1;
	packet.time = time;
	return packet;
}

test("the ring keeps the last packets complete and in order, within its capacity", () => {
	fc.assert(
		fc.property(fc.array(fc.integer({ min: 0, max: 9000 }), { maxLength: 80 }), (lengths) => {
			const ring = new PacketRing(CAPACITY);
			lengths.forEach((length, time) => {
				ring.add(packetOf(time, length));
			});
			const times: number[] = [];
			let bytes = 0;
			ring.offer((packet) => {
				const part = packet.bytes.subarray(packet.begin, packet.end);
				assert.ok(part.every((byte) => byte === (packet.time & 0xff)));
				assert.equal(part.length, lengths[packet.time]);
				times.push(packet.time);
				bytes += part.length;
				return false;
			});
			assert.deepEqual(times, lengths.map((_, time) => time).slice(lengths.length - times.length));
			assert.ok(bytes <= CAPACITY && ring.length === times.length);
			assert.ok(lengths.length === 0 || times.length > 0, "the last packet is there");
			if (times.length < lengths.length) assert.ok(bytes > CAPACITY - 2 * 9000, "no packet was dropped without need");
		}),
	);
});

test("a taken packet is not offered again", () => {
	const ring = new PacketRing(CAPACITY);
	for (const time of [1, 2, 3]) ring.add(packetOf(time, 10));
	const takeEven = (packet: CapturedPacket) => packet.time % 2 === 0;
	ring.offer(takeEven);
	const offered: number[] = [];
	ring.offer((packet) => {
		offered.push(packet.time);
		return false;
	});
	assert.deepEqual(offered, [1, 3]);
});

test("a flood of tiny packets is bounded by number, too", () => {
	const ring = new PacketRing(CAPACITY);
	for (let time = 0; time < 5000; time++) ring.add(packetOf(time, 1));
	assert.equal(ring.length, CAPACITY / 64);
});
