import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { describe, it } from "node:test";
import fc from "fast-check";
import { createCounters } from "../bytes/counters.ts";
import { type Flow, flowAt } from "../flow/flow.ts";
import type { FlowColumns } from "../flow/flow-columns.ts";
import { parseNetwork } from "../flow/networks.ts";
import { ExporterReport } from "../ipfix/exporter-report.ts";
import { message, SMALL_FLOW, set, smallFlow, template, u16, u32 } from "../ipfix/ipfix-message.testing.ts";
import { readExportAddress } from "./export-address.ts";
import { ExportDatagrams } from "./export-datagrams.ts";
import { listenForExports } from "./export-listener.ts";

const SECONDS = 1_735_689_600;
const UPTIME = 100_000;

interface V9Header {
	readonly sequence?: number;
	readonly domain?: number;
	readonly uptime?: number;
}

/** A datagram of version 9 (RFC 3954, 5.1). */
function v9(
	sets: readonly (readonly number[])[],
	{ sequence = 0, domain = 1, uptime = UPTIME }: V9Header = {},
): Uint8Array {
	const header = [...u16(9), ...u16(sets.length), ...u32(uptime), ...u32(SECONDS), ...u32(sequence), ...u32(domain)];
	return Uint8Array.from([...header, ...sets.flat()]);
}

const V9_FLOW = [...SMALL_FLOW, [2, 4], [4, 1], [22, 4], [21, 4]] as const;
const V9_TEMPLATE = set(0, template(300, V9_FLOW));
const v9Flow = (port: number, first: number, last: number) => [
	...smallFlow(port),
	...u32(10),
	6,
	...u32(first),
	...u32(last),
];
/** The other direction of {@link v9Flow}. */
const v9Answer = (port: number, first: number, last: number) => {
	const record = v9Flow(port, first, last);
	return [...record.slice(4, 8), ...record.slice(0, 4), ...u16(3333), ...u16(port), ...record.slice(12)];
};
/** Options of RFC 3954, 6.1: a scope (system), and the sampling interval. */
const OPTIONS_TEMPLATE = set(1, [...u16(301), ...u16(4), ...u16(4), ...u16(1), ...u16(4), ...u16(34), ...u16(4)]);

function collect(...datagrams: readonly Uint8Array[]) {
	const counters = createCounters();
	const warnings: string[] = [];
	const report = new ExporterReport("test", "netflow", counters, (line) => warnings.push(line));
	const decoder = new ExportDatagrams(counters, report);
	const flows: Flow[] = [];
	const take = (batch: FlowColumns) => {
		for (let i = 0; i < batch.length; i++) flows.push(flowAt(batch, i));
	};
	for (const bytes of datagrams) {
		decoder.receive("192.0.2.1 port 9", bytes, 0, bytes.length, SECONDS * 1e6);
		take(decoder.take());
	}
	for (const batch of decoder.end()) take(batch);
	const plain = warnings.filter((line) => line.includes("judged by pool lists"));
	assert.ok(plain.length <= 1, "told once");
	return {
		flows,
		malformed: Object.fromEntries(counters.malformed),
		warnings: warnings.filter((line) => !plain.includes(line)),
	};
}

describe("NetFlow version 9", () => {
	it("gives flows by its templates, with times on the exporter's clock", () => {
		const { flows, malformed } = collect(v9([V9_TEMPLATE, set(300, v9Flow(5, 40_000, 99_000))]));
		assert.deepEqual(malformed, {});
		const [flow] = flows;
		assert.deepEqual(
			[flow!.sourcePort, flow!.destinationPort, flow!.protocol, flow!.packets, flow!.bytes],
			[5, 3333, 6, 10, 1000],
		);
		assert.deepEqual([flow!.timeFirst, flow!.timeLast], [(SECONDS - 60) * 1e6, (SECONDS - 1) * 1e6]);
	});
	it("pairs the two directions of a connection, whichever comes first", () => {
		for (const records of [
			[v9Flow(5, 40_000, 99_000), v9Answer(5, 41_000, 98_000)],
			[v9Answer(5, 41_000, 98_000), v9Flow(5, 40_000, 99_000)],
		]) {
			const { flows } = collect(v9([V9_TEMPLATE, set(300, ...records)]));
			assert.equal(flows.length, 1);
			assert.deepEqual([flows[0]!.sourcePort, flows[0]!.packets, flows[0]!.packetsReverse], [5, 10, 10]);
		}
	});
	it("keeps the times of flows that began before the uptime counted over", () => {
		const { flows } = collect(v9([V9_TEMPLATE, set(300, v9Flow(5, 2 ** 32 - 1000, 50))], { uptime: 100 }));
		assert.deepEqual([flows[0]!.timeFirst, flows[0]!.timeLast], [SECONDS * 1e6 - 1_100_000, SECONDS * 1e6 - 50_000]);
	});
	it("counts datagrams that were lost, per source, and records without their template until it is sent again", () => {
		const records = set(300, v9Flow(5, 0, 1));
		const { flows, malformed, warnings } = collect(
			v9([records], { sequence: 7 }),
			v9([V9_TEMPLATE, records], { sequence: 9 }),
			v9([records], { sequence: 0, domain: 2 }),
			v9([records], { sequence: 10 }),
		);
		assert.equal(flows.length, 2);
		assert.deepEqual(malformed, { "ipfix: set without its template": 2, "ipfix: datagram lost on the way": 1 });
		assert.deepEqual(warnings, [
			"test: exporter 192.0.2.1 port 9, observation domain 1: 1 datagrams were lost on the way",
		]);
	});
	it("goes on after a restart of the exporter, which may lay out its records anew", () => {
		const other = set(
			0,
			template(300, [
				[4, 1],
				[7, 2],
				[11, 2],
				[8, 4],
				[12, 4],
				[2, 4],
			]),
		);
		const { flows, malformed } = collect(
			v9([V9_TEMPLATE, set(300, v9Flow(5, 0, 1))], { sequence: 5000 }),
			v9([other, set(300, [17, ...u16(53), ...u16(99), 10, 0, 0, 1, 10, 0, 0, 2, ...u32(3)])], { uptime: 10 }),
		);
		assert.deepEqual(
			flows.map(({ protocol, packets }) => [protocol, packets]),
			[
				[6, 10],
				[17, 3],
			],
		);
		assert.deepEqual(malformed, { "ipfix: message out of order": 1 });
	});
	it("multiplies the counts by the sampling interval of its options", () => {
		const { flows, warnings } = collect(
			v9([OPTIONS_TEMPLATE, set(301, [...u32(0), ...u32(100)]), V9_TEMPLATE, set(300, v9Flow(5, 0, 1))]),
		);
		assert.deepEqual([flows[0]!.packets, flows[0]!.bytes], [1000, 100_000]);
		assert.match(warnings[0]!, /samples 1 of 100 packets/);
	});
	it("takes nProbe's elements without an enterprise number, and no other for one", () => {
		const layout = [...SMALL_FLOW, [57_472 + 188, 8], [33_002, 4]] as const;
		const record = [...smallFlow(5), ...Buffer.from("ab.c\0\0\0\0"), ...u32(1)];
		const { flows, malformed } = collect(v9([set(0, template(300, layout)), set(300, record)]));
		assert.deepEqual(malformed, {});
		assert.equal(flows[0]!.serverName, "ab.c");
	});
});

describe("datagrams of exporters", () => {
	it("are read by their version, one exporter sending any of them", () => {
		const ipfix = message([set(2, template(256, SMALL_FLOW)), set(256, smallFlow(6))]);
		const { flows, malformed } = collect(ipfix, v9([V9_TEMPLATE, set(300, v9Flow(5, 0, 1))]));
		assert.deepEqual(flows.map(({ sourcePort }) => sourcePort).sort(), [5, 6]);
		assert.deepEqual(malformed, {});
	});
	it("of other protocols and versions are counted, and told once per exporter", () => {
		const { malformed, warnings } = collect(
			Uint8Array.of(0, 7, 0, 1, 0, 0, 0, 0),
			Uint8Array.of(0, 9, 0, 1),
			Buffer.from("GET / HTTP/1.1\r\n\r\n"),
			new Uint8Array(0),
		);
		assert.deepEqual(malformed, { "netflow: datagram of no known protocol": 4 });
		assert.deepEqual(warnings, ["test: exporter 192.0.2.1 port 9: NetFlow v7 is not read; export v9 or IPFIX"]);
	});
	it("never make the collecting process fail, whatever bytes they are", () => {
		const versions = fc.constantFrom([0, 5], [0, 9], [0, 10], [0, 0, 0, 5], [0, 0, 0, 5, 0, 0, 0, 1]);
		const noise = fc
			.tuple(versions, fc.uint8Array({ maxLength: 200 }))
			.map(([head, rest]) => Uint8Array.from([...head, ...rest]));
		const valid = v9([V9_TEMPLATE, OPTIONS_TEMPLATE, set(300, v9Flow(5, 40_000, 99_000), v9Answer(5, 0, 1))]);
		const broken = fc
			.tuple(fc.nat(valid.length - 1), fc.nat(255), fc.nat(valid.length))
			.map(([at, value, length]) => valid.with(at, value).slice(0, length));
		fc.assert(
			fc.property(fc.array(fc.oneof(noise, broken), { maxLength: 20 }), (datagrams) => void collect(...datagrams)),
		);
	});
});

describe("a listener for exporters", { timeout: 20_000 }, () => {
	it("gives flows that wait for their other direction in vain, when it is stopped", async () => {
		const listener = await listenForExports("netflow+udp://127.0.0.1:0", { onWarning: () => {} });
		const socket = createSocket("udp4");
		socket.send(v9([V9_TEMPLATE, set(300, v9Flow(5, 0, 1))]), listener.port, "127.0.0.1");
		setTimeout(() => listener.stop(), 1500);
		const ports: number[] = [];
		for await (const batch of listener) ports.push(batch.sourcePort[0]!);
		socket.close();
		assert.deepEqual(ports, [5]);
		assert.equal(listener.counters.flows, 1);
	});
	it("hears only exporters that are allowed", async () => {
		const exporters = [parseNetwork("192.0.2.0/24")!];
		const listener = await listenForExports("sflow+udp://127.0.0.1:0", { exporters, onWarning: () => {} });
		const socket = createSocket("udp4");
		socket.send(v9([V9_TEMPLATE, set(300, v9Flow(5, 0, 1))]), listener.port, "127.0.0.1");
		setTimeout(() => socket.send(v9([]), listener.port, "127.0.0.1"), 1200);
		setTimeout(() => listener.stop(), 1500);
		for await (const batch of listener) assert.equal(batch.length, 0);
		socket.close();
		assert.deepEqual(
			[...listener.counters.malformed.keys()].filter((reason) => !reason.includes("allowed")),
			[],
		);
	});
	it("has an address with a host, and customary ports", () => {
		assert.deepEqual(readExportAddress("netflow+udp://[::1]"), { host: "::1", port: 2055 });
		assert.deepEqual(readExportAddress("sflow+udp://0.0.0.0"), { host: "0.0.0.0", port: 6343 });
		for (const wrong of ["netflow+tcp://a", "netflow+udp://", "sflow+udp://a:70000"])
			assert.throws(() => readExportAddress(wrong), /write netflow\+udp/);
	});
});
