import assert from "node:assert/strict";
import { PassThrough, Readable } from "node:stream";
import { describe, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { byteSourceOf } from "../bytes/byte-source.ts";
import { bytesOf, ethernet, ipv4, pcap, type Segment, tcp, udp } from "../capture/testing.ts";
import { type Flow, flowAt } from "../flow/flow.ts";
import type { FlowSource } from "../flow/flow-source.ts";
import { cryptoFrame, extension, helloMessage, inRecords, sealInitial } from "../tls/testing.ts";
import { type MeterCaptureOptions, meterCapture } from "./meter-capture.ts";

const TIME = 1_700_000_000_000_000;

function meter(file: Uint8Array, options: MeterCaptureOptions = {}): FlowSource {
	return meterCapture(byteSourceOf("capture", Readable.from([file], { objectMode: false })), options);
}

async function flowsOf(source: FlowSource): Promise<Flow[]> {
	const flows: Flow[] = [];
	for await (const batch of source) {
		assert.equal(batch.firstIndex, flows.length);
		for (let i = 0; i < batch.length; i++) flows.push(flowAt(batch, i));
	}
	return flows;
}

/** Frames at intervals of a millisecond. */
const capture = (frames: readonly (readonly number[])[]) =>
	pcap(
		1,
		frames.map((bytes, i) => ({ time: TIME + i * 1000, bytes })),
	);

const CLIENT = { source: [10, 0, 0, 1], destination: [10, 0, 0, 2] };
const SERVER = { source: [10, 0, 0, 2], destination: [10, 0, 0, 1] };
const client = (payload: Iterable<number>, segment: Segment = {}) =>
	ethernet(0x0800, ipv4(6, tcp([...payload], { source: 5000, destination: 443, ...segment }), CLIENT));
const server = (payload: Iterable<number>, segment: Segment = {}) =>
	ethernet(0x0800, ipv4(6, tcp([...payload], { source: 443, destination: 5000, ...segment }), SERVER));
const datagram = (payload: Iterable<number>) => ethernet(0x0800, ipv4(17, udp([...payload], 5000, 443), CLIENT));

const EXTENSIONS = [
	extension.longKeyShare(),
	extension.protocols("h2", "http/1.1"),
	extension.serverName("pool.example"),
];
const hello = inRecords(helloMessage({ extensions: EXTENSIONS }));

describe("a hello over several segments", () => {
	const parts = [hello.subarray(0, 500), hello.subarray(500, 1000), hello.subarray(1000)];
	const segments = parts.map((part, i) => client(part, { sequence: 1 + 500 * i }));

	for (const [order, name] of [
		[[0, 1, 2], "in order"],
		[[0, 2, 1], "out of order"],
		[[0, 0, 1, 0, 2], "with retransmissions"],
	] as const) {
		test(`has name, protocols and fingerprints on request (${name})`, async () => {
			const file = capture([
				client([], { flags: 2, sequence: 0 }),
				...order.map((i) => segments[i]!),
				server(bytesOf("ok")),
			]);
			const [flow, ...others] = await flowsOf(meter(file, { handshakes: true }));
			assert.equal(others.length, 0);
			assert.deepEqual([flow!.serverName, flow!.alpn], ["pool.example", "h2,http/1.1"]);
			assert.match(flow!.ja3!, /^[0-9a-f]{32}$/);
			assert.match(flow!.ja4!, /^t12d0203h2_[0-9a-f]{12}_[0-9a-f]{12}$/);
		});
	}

	test("adds nothing by default, as in the reference exporter", async () => {
		const [flow] = await flowsOf(meter(capture(segments)));
		assert.equal(flow!.serverName, "");
		assert.equal(flow!.ja4, undefined);
	});

	test("that never ends still has the name, if it was received", async () => {
		const early = inRecords(helloMessage({ extensions: [...EXTENSIONS].reverse() }));
		const [flow] = await flowsOf(meter(capture([client(early.subarray(0, 600))]), { handshakes: true }));
		assert.deepEqual([flow!.serverName, flow!.ja4], ["pool.example", ""]);
	});
});

test("a hello in QUIC's Initial packets has its name in a separate column", async () => {
	const id = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
	const message = helloMessage({ extensions: EXTENSIONS });
	const packets = [
		sealInitial(1, id, 0, cryptoFrame(0, message.subarray(0, 700))),
		sealInitial(1, id, 1, cryptoFrame(700, message.subarray(700))),
	];
	const [flow] = await flowsOf(meter(capture(packets.map(datagram)), { handshakes: true }));
	assert.deepEqual([flow!.serverName, flow!.alpn], ["", ""]);
	assert.deepEqual([flow!.quicServerName, flow!.quicAlpn], ["pool.example", "h2,http/1.1"]);
	assert.match(flow!.ja4!, /^q12d0203h2_/);
});

describe("the first payload bytes", () => {
	test("are joined over segments of a direction, each byte once, up to the limit", async () => {
		const frames = [
			client([], { flags: 2, sequence: 0xffff_fff0 }),
			client(bytesOf("POST / HTTP/1.1\r\n"), { sequence: 0xffff_fff1 }),
			server(bytesOf("answer")),
			client(bytesOf("POST / HTTP/1.1\r\n"), { sequence: 0xffff_fff1 }),
			client(bytesOf("\r\n\r\n{}"), { sequence: 0 }),
			client(bytesOf("x".repeat(100)), { sequence: 6 }),
		];
		const [flow] = await flowsOf(meter(capture(frames), { payloadBytes: 30 }));
		assert.equal(Buffer.from(flow!.longPayload!).toString(), "POST / HTTP/1.1\r\n\r\n{}xxxxxxxxx");
		assert.equal(Buffer.from(flow!.longPayloadReverse!).toString(), "answer");
		assert.equal(Buffer.from(flow!.payload).toString(), "POST / HTTP/1.1\r\n");
	});

	test("are kept only of directions whose first payload satisfies the predicate", async () => {
		const frames = [
			client(bytesOf("{ first"), { sequence: 1 }),
			client(bytesOf(", second"), { sequence: 8 }),
			server(bytesOf("<first"), { sequence: 1 }),
			server(bytesOf("{second"), { sequence: 7 }),
		];
		const isPayloadWanted = (bytes: Uint8Array, begin: number, end: number) => bytes[begin] === 0x7b && end - begin > 5;
		const [flow] = await flowsOf(meter(capture(frames), { payloadBytes: 512, isPayloadWanted }));
		assert.equal(Buffer.from(flow!.longPayload!).toString(), "{ first, second");
		assert.equal(Buffer.from(flow!.longPayloadReverse!).toString(), "");
		assert.equal(Buffer.from(flow!.payloadReverse).toString(), "<first");
	});

	test("of datagrams follow one another", async () => {
		const [flow] = await flowsOf(
			meter(capture([datagram(bytesOf("one")), datagram(bytesOf("two"))]), { payloadBytes: 512 }),
		);
		assert.equal(Buffer.from(flow!.longPayload!).toString(), "onetwo");
	});
});

describe("skipped data are reported", () => {
	test("packets without a flow by reason, a truncated capture by a warning, with the flows before it", async () => {
		const arp = ethernet(0x0806, new Array<number>(28).fill(0));
		const file = capture([client(bytesOf("a")), arp, client(bytesOf("b")).slice(0, 40), client(bytesOf("c"))]);
		const source = meter(file.subarray(0, file.length - 5));
		const flows = await flowsOf(source);
		assert.deepEqual(
			flows.map(({ packets }) => packets),
			[1],
		);
		assert.deepEqual([...source.counters.malformed].sort(), [
			["link: not IP", 1],
			["tcp: header cut", 1],
		]);
		assert.equal(source.counters.packets, 3);
		assert.match(source.counters.warnings.join(), /^capture: byte \d+: the capture is cut short; read up to there$/);
	});

	test("an unsupported link type, once", async () => {
		const source = meter(
			pcap(
				105,
				[1, 2, 3].map((time) => ({ time, bytes: [1, 2, 3] })),
			),
		);
		assert.deepEqual(await flowsOf(source), []);
		assert.match(source.counters.warnings.join("\n"), /^capture: packets of link type 105 are not read/);
		assert.deepEqual([...source.counters.malformed], [["link: type not supported", 3]]);
	});

	test("that most connections show one direction only", async () => {
		const oneWay = Array.from({ length: 200 }, (_, i) => client(bytesOf("x"), { source: 1000 + (i % 20) }));
		const source = meter(capture(oneWay));
		assert.equal((await flowsOf(source)).length, 20);
		assert.match(source.counters.warnings.join(), /most TCP connections show one direction only/);
	});

	test("flows that were evicted", async () => {
		const source = meter(capture([1, 2, 3].map((port) => client(bytesOf("x"), { source: port }))), { maximumFlows: 2 });
		assert.equal((await flowsOf(source)).length, 3);
		assert.match(source.counters.warnings.join(), /1 flows were ended early/);
	});
});

describe("live", () => {
	test("flows are returned while packets arrive, and a stop meters all received packets", async () => {
		const wire = new PassThrough();
		const source = meterCapture(byteSourceOf("wire", wire), { live: true, inactiveTimeout: 1 });
		const iterator = source[Symbol.asyncIterator]();
		wire.write(capture([client(bytesOf("x"))]));
		const { value: first } = await iterator.next();
		assert.equal(first!.length, 1);
		const second = iterator.next();
		wire.write(capture([datagram(bytesOf("y"))]).subarray(24));
		await pause(50);
		source.stop();
		assert.equal((await second).value!.length, 1);
		assert.equal((await iterator.next()).done, true);
		assert.equal(source.counters.packets, 2);
		assert.deepEqual(source.counters.warnings, []);
	});
});
