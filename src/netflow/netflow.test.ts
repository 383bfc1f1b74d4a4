import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { createCounters } from "../bytes/counters.ts";
import { FlowColumnsBuilder } from "../flow/columns-builder.ts";
import { flowAt } from "../flow/flow.ts";
import { decodeNetflowV5, type V5Sequence } from "./netflow-v5.ts";
import { SampledFlows } from "./sampled-flows.ts";
import { readSflowDatagram, type SampledPacket } from "./sflow-datagram.ts";

/** A datagram of version 5, as Cisco's "NetFlow Export Datagram Format" lays it out. */
function v5Datagram(records: number, { sequence = 0, sampling = 0 } = {}): Buffer {
	const bytes = Buffer.alloc(24 + 48 * records);
	bytes.writeUInt16BE(5, 0);
	bytes.writeUInt16BE(records, 2);
	bytes.writeUInt32BE(100_000, 4); // uptime, ms
	bytes.writeUInt32BE(1_735_689_600, 8);
	bytes.writeUInt32BE(500_000_000, 12);
	bytes.writeUInt32BE(sequence, 16);
	bytes.writeUInt16BE(sampling, 22);
	for (let k = 0; k < records; k++) {
		const at = 24 + 48 * k;
		bytes.set([192, 0, 2, k, 198, 51, 100, 1], at);
		bytes.writeUInt32BE(10, at + 16);
		bytes.writeUInt32BE(1000, at + 20);
		bytes.writeUInt32BE(40_000, at + 24);
		bytes.writeUInt32BE(99_000, at + 28);
		bytes.writeUInt16BE(50_000, at + 32);
		bytes.writeUInt16BE(3333, at + 34);
		bytes[at + 37] = 0x1b;
		bytes[at + 38] = 6;
	}
	return bytes;
}

function decodeV5(...datagrams: Uint8Array[]) {
	const builder = new FlowColumnsBuilder();
	const counters = createCounters();
	const sequence: V5Sequence = { expected: -1, lost: 0 };
	for (const bytes of datagrams) decodeNetflowV5(bytes, 0, bytes.length, builder, sequence, counters);
	const columns = builder.columns();
	return { flows: Array.from({ length: columns.length }, (_, i) => flowAt(columns, i)), counters, sequence };
}

describe("NetFlow version 5", () => {
	it("gives uniflows with times on the router's clock", () => {
		const { flows } = decodeV5(v5Datagram(2));
		assert.equal(flows.length, 2);
		const [flow] = flows;
		assert.deepEqual(
			[
				flow!.sourceAddress,
				flow!.sourcePort,
				flow!.destinationAddress,
				flow!.destinationPort,
				flow!.protocol,
				flow!.tcpFlags,
			],
			["192.0.2.0", 50_000, "198.51.100.1", 3333, 6, 0x1b],
		);
		assert.deepEqual([flow!.packets, flow!.bytes, flow!.packetsReverse], [10, 1000, 0]);
		// The clock showed …600.5 at an uptime of 100 s.
		assert.deepEqual([flow!.timeFirst, flow!.timeLast], [1_735_689_540_500_000, 1_735_689_599_500_000]);
	});
	it("multiplies the counters by the sampling interval", () => {
		const { flows } = decodeV5(v5Datagram(1, { sampling: 0x4000 | 100 }));
		assert.deepEqual([flows[0]!.packets, flows[0]!.bytes], [1000, 100_000]);
	});
	it("counts flows that were lost on the way, and begins anew after a restart of the router", () => {
		const { sequence, counters } = decodeV5(
			v5Datagram(2, { sequence: 10 }),
			v5Datagram(1, { sequence: 17 }),
			v5Datagram(1, { sequence: 0 }),
			v5Datagram(1, { sequence: 1 }),
		);
		assert.equal(sequence.lost, 5);
		assert.equal(counters.malformed.get("netflow: record lost on the way"), 5);
	});
	it("counts datagrams that are cut, whatever bytes they are", () => {
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
				const { flows, counters } = decodeV5(bytes);
				assert.ok(flows.length <= 30);
				assert.ok(flows.length > 0 || counters.malformed.size > 0);
			}),
		);
		assert.equal(decodeV5(v5Datagram(3).subarray(0, 120)).counters.malformed.get("netflow: datagram cut"), 1);
	});
});

/** A TCP packet with `payload`, in Ethernet. */
function frame(fromClient: boolean, flags: number, payload: string): Buffer {
	const bytes = Buffer.alloc(54 + payload.length);
	bytes.writeUInt16BE(0x0800, 12);
	bytes[14] = 0x45;
	bytes.writeUInt16BE(40 + payload.length, 16);
	bytes[22] = 64;
	bytes[23] = 6;
	const [client, server] = [
		[192, 0, 2, 1],
		[198, 51, 100, 1],
	] as const;
	bytes.set(fromClient ? client : server, 26);
	bytes.set(fromClient ? server : client, 30);
	bytes.writeUInt16BE(fromClient ? 50_000 : 3333, 34);
	bytes.writeUInt16BE(fromClient ? 3333 : 50_000, 36);
	bytes[46] = 0x50;
	bytes[47] = flags;
	bytes.write(payload, 54, "latin1");
	return bytes;
}

const words = (...values: number[]) => {
	const bytes = Buffer.alloc(4 * values.length);
	for (const [k, value] of values.entries()) bytes.writeUInt32BE(value, 4 * k);
	return bytes;
};
const padded = (bytes: Buffer) => Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
const record = (kind: number, body: Buffer) => Buffer.concat([words(kind, body.length), body]);

/** A datagram with one flow sample per frame ("sFlow Version 5"), plain or expanded. */
function sflowDatagram(frames: Buffer[], rate: number, isExpanded = false): Buffer {
	const samples = frames.map((bytes) => {
		const header = padded(Buffer.concat([words(1, bytes.length + 4, 4, bytes.length), bytes]));
		const fields = isExpanded ? words(1, 0, 7, rate, 1000, 0, 0, 1, 0, 2, 1) : words(1, 7, rate, 1000, 0, 1, 2, 1);
		return record(isExpanded ? 3 : 1, Buffer.concat([fields, record(1, header)]));
	});
	return Buffer.concat([
		words(5, 1, 0xc0000201, 0, 1, 5000, samples.length + 1),
		record(2, words(1, 2, 3)),
		...samples,
	]);
}

function sampled(datagrams: Buffer[]) {
	const builder = new FlowColumnsBuilder();
	const counters = createCounters();
	const flows = new SampledFlows(builder, counters);
	for (const [k, bytes] of datagrams.entries()) {
		readSflowDatagram(bytes, 0, bytes.length, counters, (packet) => flows.add(bytes, packet, 1e12 + k * 1e6));
	}
	flows.end();
	const columns = builder.columns();
	return { flows: Array.from({ length: columns.length }, (_, i) => flowAt(columns, i)), counters };
}

describe("sFlow version 5", () => {
	it("makes flows of samples, each counting for the packets that it was drawn from", () => {
		const login = '{"id":1,"method":"login"}';
		for (const isExpanded of [false, true]) {
			const { flows, counters } = sampled([
				sflowDatagram([frame(false, 0x18, "job"), frame(true, 0x18, login)], 100, isExpanded),
				sflowDatagram([frame(true, 0x10, "")], 100, isExpanded),
			]);
			assert.equal(flows.length, 1);
			const [flow] = flows;
			assert.deepEqual([flow!.packets, flow!.packetsReverse], [100, 200]);
			assert.deepEqual([flow!.sourcePort, flow!.timeLast - flow!.timeFirst], [3333, 1e6]);
			assert.equal(Buffer.from(flow!.payloadReverse).toString(), login);
			assert.equal(counters.packets, 3);
			assert.equal(counters.malformed.size, 0);
		}
	});
	it("takes the end that is answered for the source", () => {
		const { flows } = sampled([sflowDatagram([frame(false, 0x12, "")], 1)]);
		assert.equal(flows[0]!.sourceAddress, "192.0.2.1");
	});
	it("gives a view of the sampled header with its rate", () => {
		const bytes = sflowDatagram([frame(true, 2, "")], 512);
		const found: SampledPacket[] = [];
		readSflowDatagram(bytes, 0, bytes.length, createCounters(), (packet) => found.push({ ...packet }));
		assert.equal(found.length, 1);
		assert.deepEqual(
			[found[0]!.samplingRate, found[0]!.linkType, found[0]!.end - found[0]!.begin, found[0]!.frameLength],
			[512, 1, 54, 58],
		);
	});
	it("survives any bytes, and any cut of a datagram", () => {
		const whole = sflowDatagram([frame(true, 2, "abc"), frame(false, 0x18, "def")], 10);
		fc.assert(
			fc.property(
				fc.nat(whole.length),
				fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 5 }),
				(length, changes) => {
					const bytes = Buffer.from(whole.subarray(0, length));
					for (const [at, value] of changes) if (at < length) bytes[at] = value;
					assert.ok(sampled([bytes]).flows.length <= 2);
				},
			),
		);
	});
});
