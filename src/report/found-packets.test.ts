import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { test } from "node:test";
import { byteSourceOf } from "../bytes/byte-source.ts";
import { createCounters } from "../bytes/counters.ts";
import { PacketReader } from "../capture/packet-reader.ts";
import { pcapFile } from "../capture/pcap-writer.ts";
import { PcapngWriter } from "../capture/pcapng-writer.ts";
import { columnsOfFlows } from "../flow/columns-of-flows.ts";
import { FoundConversations } from "./found-conversations.ts";
import { copyFoundPackets } from "./found-packets.ts";
import { minerFlow } from "./reported-flow.testing.ts";

const RAW = 101;

function udp(source: string, destination: string, sourcePort: number, destinationPort: number): Buffer {
	const isIPv4 = source.includes(".");
	const ip = Buffer.alloc(isIPv4 ? 20 : 40);
	if (isIPv4) {
		ip.set([0x45, 0, 0, 28], 0);
		ip.set([64, 17], 8);
		ip.set(source.split(".").map(Number), 12);
		ip.set(destination.split(".").map(Number), 16);
	} else {
		ip.set([0x60, 0, 0, 0, 0, 8, 17, 64], 0);
		ip.set(Buffer.from(source.replaceAll(":", ""), "hex"), 8);
		ip.set(Buffer.from(destination.replaceAll(":", ""), "hex"), 24);
	}
	const header = Buffer.alloc(8);
	header.writeUInt16BE(sourcePort, 0);
	header.writeUInt16BE(destinationPort, 2);
	header.writeUInt16BE(8, 4);
	return Buffer.concat([ip, header]);
}

async function copied(packets: [time: number, packet: Buffer][], found: FoundConversations): Promise<number[]> {
	const capture = pcapFile(
		RAW,
		packets.map(([time, bytes]) => ({ time, bytes })),
	);
	const blocks: Uint8Array[] = [];
	const source = byteSourceOf("a.pcap", Readable.from([capture]));
	const count = await copyFoundPackets(source, found, new PcapngWriter((block) => blocks.push(block)), {});
	const reader = new PacketReader(byteSourceOf("out", Readable.from(blocks)), createCounters());
	const times: number[] = [];
	while (await reader.fill()) {
		while (reader.next()) {
			times.push(reader.packet.time);
			const original = packets.find(([time]) => time === reader.packet.time)![1];
			assert.deepEqual(Buffer.from(reader.packet.bytes.subarray(reader.packet.begin, reader.packet.end)), original);
		}
	}
	assert.equal(times.length, count);
	return times;
}

const six = { a: "2001:0db8:0000:0000:0000:0000:0000:0001", b: "2001:0db8:0000:0000:0000:0000:0000:0002" };

test("packets of the flows found are copied, both directions, within the flow's time, and no others", async () => {
	const found = new FoundConversations();
	const flow = {
		...minerFlow,
		protocol: 17,
		sourceAddress: "10.0.0.5",
		destinationAddress: "9.0.0.1",
		timeFirst: 1e12,
		timeLast: 2e12,
	};
	const flows = columnsOfFlows([flow, { ...flow, sourceAddress: "2001:db8::2", destinationAddress: "2001:db8::1" }]);
	found.add(flows, 0);
	found.add(flows, 1);
	const { sourcePort: from, destinationPort: to } = flow;
	const times = await copied(
		[
			[1e12, udp("10.0.0.5", "9.0.0.1", from, to)],
			[1e12 + 1, udp("9.0.0.1", "10.0.0.5", to, from)],
			[1e12 + 2, udp("9.0.0.1", "10.0.0.5", from, to)],
			[1e12 + 3, udp("10.0.0.6", "9.0.0.1", from, to)],
			[1e12 + 4, udp(six.a, six.b, to, from)],
			[1e12 + 5, udp(six.b, six.a, from, to)],
			[2e12, udp("10.0.0.5", "9.0.0.1", from, to)],
			[2e12 + 1, udp("10.0.0.5", "9.0.0.1", from, to)],
		],
		found,
	);
	assert.deepEqual(times, [1e12, 1e12 + 1, 1e12 + 4, 1e12 + 5, 2e12]);
});
