import { once } from "node:events";
import { Readable } from "node:stream";
import { Worker } from "node:worker_threads";
import { Random } from "../lab/random.ts";
import { byteSourceOf } from "../src/bytes/byte-source.ts";
import { columnsOfFlows } from "../src/flow/columns-of-flows.ts";
import type { Flow } from "../src/flow/flow.ts";
import { readPlainRecords } from "../src/ipfix/flow-decoder.oracle.testing.ts";
import { listenForIpfix } from "../src/ipfix/ipfix-listener.ts";
import { openIpfixSource } from "../src/ipfix/ipfix-source.ts";
import { MAX_MESSAGE, MessageEncoder } from "../src/ipfix/message-encoder.ts";

/**
 * Flows with the elements of CESNET's exporter (per-packet lists of 2 … 30 packets, payload of both directions,
 * occasional server names) decoded into batches on one core: from a file, and from a TCP connection over loopback that
 * another thread fills. For comparison the plain reader, and the exporting side.
 */
const FLOWS = 20_000;
const REPETITIONS = 40;

const random = new Random(10);
const flows = Array.from({ length: FLOWS }, someFlow);
const columns = columnsOfFlows(flows);
const messages: Uint8Array[] = [];
const encoder = new MessageEncoder(1458, MAX_MESSAGE, (message) => messages.push(message.slice()));
encoder.add(columns, undefined, 1_700_000_000);
encoder.flush(1_700_000_000);
const stream = Buffer.concat(messages);
console.log(`${FLOWS} flows, ${(stream.length / FLOWS).toFixed(0)} bytes each on average, ${messages.length} messages`);

await decode("file", openIpfixSource(byteSourceOf("benchmark", Readable.from(repeated()))));
const listener = await listenForIpfix("ipfix+tcp://127.0.0.1:0");
const sender = new Worker(
	`const { workerData } = require("node:worker_threads");
	const socket = require("node:net").connect(workerData.port, "127.0.0.1");
	let left = workerData.repetitions;
	const send = () => { while (left-- > 0) if (!socket.write(workerData.stream)) return socket.once("drain", send); socket.end(); };
	send();`,
	{ eval: true, workerData: { port: listener.port, stream, repetitions: REPETITIONS } },
);
// Awaited early: the sender may end before everything it sent is decoded.
const ended = once(sender, "exit");
await decode("TCP", listener);
await ended;

const plainBegun = performance.now();
readPlainRecords(stream);
show("plain", FLOWS, performance.now() - plainBegun, "one object a record");

const encodeBegun = performance.now();
const sink = new MessageEncoder(16_384, MAX_MESSAGE, () => {});
for (let k = 0; k < 20; k++) sink.add(columns, undefined, 1_700_000_000);
show("export", 20 * FLOWS, performance.now() - encodeBegun, "encoded into messages");

async function decode(what: string, source: ReturnType<typeof openIpfixSource>): Promise<void> {
	let count = 0;
	const cpu = process.threadCpuUsage();
	const begun = performance.now();
	for await (const batch of source) {
		count += batch.length;
		if (count >= FLOWS * REPETITIONS) source.stop();
	}
	const elapsed = performance.now() - begun;
	const { user, system } = process.threadCpuUsage(cpu);
	const busy = (user + system) / 1000;
	const perCore = Math.round((1000 * count) / busy).toLocaleString("en");
	show(
		what,
		count,
		elapsed,
		`${perCore} per second of the thread's processor time, which had ${((100 * busy) / elapsed).toFixed(0)} % of a core`,
	);
}

function* repeated(): Generator<Uint8Array> {
	for (let k = 0; k < REPETITIONS; k++) {
		for (let at = 0; at < stream.length; at += 1 << 20) yield stream.subarray(at, at + (1 << 20));
	}
}

function someFlow(): Flow {
	const packets = random.integer(2, 30);
	const begin = 1_639_500_000_000_000 + Math.floor(random.uniform(0, 86_400e6));
	const list = (make: () => number) => Array.from({ length: packets }, make);
	const payload = (length: number) => Uint8Array.from({ length }, () => random.integer(0, 255));
	return {
		sourceAddress: `10.${random.integer(0, 255)}.${random.integer(0, 255)}.${random.integer(1, 254)}`,
		destinationAddress: random.chance(0.2) ? "2001:db8::1" : `192.0.2.${random.integer(1, 254)}`,
		sourcePort: random.integer(1024, 65535),
		destinationPort: 443,
		protocol: 6,
		bytes: random.integer(100, 1e6),
		bytesReverse: random.integer(100, 1e7),
		packets,
		packetsReverse: packets,
		tcpFlags: 27,
		tcpFlagsReverse: 27,
		timeFirst: begin,
		timeLast: begin + 60e6,
		packetLengths: list(() => random.integer(1, 1460)),
		packetDirections: list(() => random.pick([1, -1])),
		packetFlags: list(() => 24),
		packetTimes: list(() => begin + random.integer(0, 60e6)),
		payload: payload(random.integer(20, 100)),
		payloadReverse: payload(random.integer(20, 100)),
		serverName: random.chance(0.5) ? `${random.hex(8)}.example` : "",
	};
}

function show(what: string, count: number, milliseconds: number, remark: string): void {
	const rate = Math.round((1000 * count) / milliseconds).toLocaleString("en");
	console.log(`${what.padEnd(8)} ${rate.padStart(10)} flows/s   ${remark}`);
}
