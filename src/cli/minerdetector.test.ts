import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { columnsOfFlows } from "../flow/columns-of-flows.ts";
import type { Flow } from "../flow/flow.ts";
import type { FlowColumns } from "../flow/flow-columns.ts";
import { createTrapSink, openTrapSource, type TrapSink } from "../nemea/index.ts";

const folder = mkdtempSync(join(tmpdir(), "decrypto-module-"));
after(() => rmSync(folder, { recursive: true }));

const PROGRAM = fileURLToPath(new URL("../../bin/minerdetector.js", import.meta.url));
const BATCH = 500;
const utf8 = new TextEncoder();
const MINING = utf8.encode('{"id":1,"method":"mining.subscribe","params":["xmrig/6.21.0"]}\n');
const BROWSING = utf8.encode("GET / HTTP/1.1\r\nHost: example.org\r\n\r\n");

/** Flow `n`, which its BYTES tell; every second one mines. */
function flow(n: number): Flow {
	return {
		sourceAddress: "10.0.0.1",
		destinationAddress: "192.0.2.1",
		sourcePort: 40000,
		destinationPort: 3333,
		protocol: 6,
		bytes: n,
		bytesReverse: 100,
		packets: 3,
		packetsReverse: 2,
		tcpFlags: 0x1b,
		tcpFlagsReverse: 0x1b,
		timeFirst: 1.7e15 + n,
		timeLast: 1.7e15 + n + 1000,
		packetLengths: [64],
		packetDirections: [1],
		packetFlags: [24],
		packetTimes: [1.7e15 + n],
		payload: n % 2 === 0 ? MINING : BROWSING,
		payloadReverse: new Uint8Array(0),
		serverName: "",
	};
}

function batch(begin: number): FlowColumns {
	return columnsOfFlows(Array.from({ length: BATCH }, (_, i) => flow(begin + i)));
}

const evenUpTo = (count: number): number[] => Array.from({ length: count / 2 }, (_, i) => 2 * i);

interface Module {
	readonly child: ChildProcess;
	readonly errors: () => string;
	readonly exit: Promise<number | null>;
}

function start(args: readonly string[]): Module {
	const child = spawn(process.execPath, [PROGRAM, "--socket-dir", folder, ...args], {
		stdio: ["ignore", "pipe", "pipe"],
	});
	let errors = "";
	child.stderr!.on("data", (chunk) => {
		errors += chunk;
	});
	return { child, errors: () => errors, exit: new Promise((resolve) => child.once("close", resolve)) };
}

interface Report {
	readonly in: readonly { readonly ifc_state: number; readonly messages: number }[];
	readonly out: readonly { readonly num_clients: number; readonly "sent-messages": number }[];
}

/** Asks a module's service interface, as the supervisor does. */
async function ask(module: Module): Promise<Report | undefined> {
	const socket = createConnection(join(folder, `trap-service_${module.child.pid}.sock`));
	socket.on("error", () => {});
	socket.write(Buffer.from("0a00000000000000", "hex"));
	const chunks: Buffer[] = [];
	const reply = () => Buffer.concat(chunks);
	try {
		for await (const chunk of socket) {
			chunks.push(chunk as Buffer);
			if (reply().length >= 8 && reply().length >= 8 + reply().readUInt32LE(4)) break;
		}
	} catch {
		return undefined;
	}
	return reply().length > 8 ? (JSON.parse(reply().subarray(8, -1).toString()) as Report) : undefined;
}

async function until(module: Module, condition: (report: Report) => boolean): Promise<void> {
	for (let attempt = 0; attempt < 400; attempt++) {
		const report = await ask(module);
		if (report && condition(report)) return;
		assert.equal(module.child.exitCode, null, module.errors());
		await sleep(20);
	}
	assert.fail(`the module never got there: ${JSON.stringify(await ask(module))}`);
}

const receiver = (name: string) => openTrapSource(`u:${name}`, { socketDirectory: folder, retryMs: 20 });

/** The numbers of the flows that come, until the source ends. */
async function numbersFrom(source: ReturnType<typeof receiver>, into: number[] = [], pauseMs = 0): Promise<number[]> {
	for await (const flows of source) {
		for (let i = 0; i < flows.length; i++) into.push(flows.bytes[i]!);
		if (pauseMs > 0) await sleep(pauseMs);
	}
	return into;
}

async function send(sink: TrapSink, begin: number, end: number): Promise<void> {
	for (let n = begin; n < end; n += BATCH) await sink.write(batch(n));
}

function assertAscending(numbers: readonly number[]): void {
	for (let i = 1; i < numbers.length; i++)
		assert.ok(numbers[i]! > numbers[i - 1]!, `${numbers[i]} after ${numbers[i - 1]}`);
}

const open = (name: string) => createTrapSink(`u:${name}`, { socketDirectory: folder });

test("every miner reaches a slow receiver once and in order, while another comes and goes", async () => {
	const sink = await open("in1");
	const module = start(["-i", "u:in1,u:out1", "--end-of-stream"]);
	await until(module, () => true);
	const slow = numbersFrom(receiver("out1"), [], 3);
	const visits: number[][] = [];
	let over = false;
	const coming = (async () => {
		while (!over) {
			const source = receiver("out1");
			const visit = numbersFrom(source);
			await sleep(60);
			source.stop();
			visits.push(await visit);
		}
	})();
	await until(module, ({ out }) => out[0]!.num_clients >= 1);
	await send(sink, 0, 40_000);
	await sink.output.sendEndOfStream();
	await sink.close();
	assert.deepEqual(await slow, evenUpTo(40_000));
	assert.equal(await module.exit, 0);
	over = true;
	await coming;
	assert.ok(visits.length > 2);
	assertAscending(visits.flat());
	assert.deepEqual(module.errors(), "");
});

test("SIGTERM ends the module once everything received is decided and delivered, and its sockets are gone", async () => {
	const sink = await open("in2");
	const module = start(["-i", "u:in2,u:out2", "-b", "100000"]);
	await until(module, () => true);
	const source = receiver("out2");
	const coming = numbersFrom(source);
	await until(module, ({ out, in: [input] }) => out[0]!.num_clients === 1 && input!.ifc_state >= 0);
	await send(sink, 0, 10_000);
	await sink.output.flush();
	await until(module, ({ in: [input] }) => input!.messages === 10_000);
	module.child.kill("SIGTERM");
	assert.equal(await module.exit, 0, module.errors());
	source.stop();
	assert.deepEqual(await coming, evenUpTo(10_000));
	assert.equal(existsSync(join(folder, "trap-out2.sock")), false);
	assert.equal(
		readdirSync(folder).some((name) => name.includes(String(module.child.pid))),
		false,
	);
	await sink.close();
});

test("a buffer that is not full is decided once nothing comes any more", async () => {
	const sink = await open("in3");
	const module = start(["-i", "u:in3,u:out3", "-b", "100000", "--quiet-after", "0.2"]);
	await until(module, () => true);
	const source = receiver("out3");
	const numbers: number[] = [];
	const coming = numbersFrom(source, numbers);
	await send(sink, 0, 1000);
	await sink.output.flush();
	for (let attempt = 0; attempt < 400 && numbers.length < 500; attempt++) await sleep(20);
	assert.deepEqual(numbers, evenUpTo(1000));
	source.stop();
	module.child.kill("SIGINT");
	assert.equal(await module.exit, 0);
	await Promise.all([coming, sink.close()]);
});

test("a module that is killed under load and started again: nothing twice, nothing out of order, little lost", async () => {
	const sink = await open("in4");
	const args = ["-i", "u:in4,u:out4:buffer_count=4", "--end-of-stream"];
	let module = start(args);
	await until(module, () => true);
	const numbers: number[] = [];
	const coming = numbersFrom(receiver("out4"), numbers);
	const sending = (async () => {
		await send(sink, 0, 80_000);
		await sink.output.sendEndOfStream();
		await sink.close();
	})();
	while (numbers.length < 5000) await sleep(5);
	module.child.kill("SIGKILL");
	await module.exit;
	module = start(args);
	await sending;
	assert.equal(await module.exit, 0, module.errors());
	await coming;
	assertAscending(numbers);
	assert.equal(numbers.at(-1), 79_998);
	// Both sockets' buffers, the containers on either side of each, and what the module held: some 3 MB of 230-byte records.
	assert.ok(40_000 - numbers.length < 13_000, `${40_000 - numbers.length} miners lost`);
});

test("a receiver that is cut off under load loses at most what was on its way; nothing comes twice", async () => {
	const sink = await open("in5");
	const module = start(["-i", "u:in5,u:out5", "--end-of-stream"]);
	await until(module, () => true);
	const numbers: number[] = [];
	const sending = (async () => {
		await send(sink, 0, 80_000);
		await sink.output.sendEndOfStream();
		await sink.close();
	})();
	for (let visit = 0; visit < 3; visit++) {
		for await (const flows of receiver("out5")) {
			for (let i = 0; i < flows.length; i++) numbers.push(flows.bytes[i]!);
			if (numbers.length > (visit + 1) * 5000) break;
		}
	}
	await numbersFrom(receiver("out5"), numbers);
	await sending;
	assert.equal(await module.exit, 0, module.errors());
	assertAscending(numbers);
	assert.equal(numbers.at(-1), 79_998);
	// Each time: what the receiver had taken in and not read (256 KB), a socket's buffer, a container, of 184-byte records.
	assert.ok(40_000 - numbers.length < 3 * 5000, `${40_000 - numbers.length} miners lost`);
});

test("a sender that dies and comes back is found again, and the records of both are decided", async () => {
	const module = start(["-i", "u:in6,u:out6", "--end-of-stream"]);
	await until(module, () => true);
	const coming = numbersFrom(receiver("out6"));
	const index = JSON.stringify(new URL("../nemea/index.ts", import.meta.url).href);
	const script = `import { createTrapSink, openTrapSource } from ${index};
		const sink = await createTrapSink("u:in6", { socketDirectory: ${JSON.stringify(folder)} });
		for await (const flows of openTrapSource(process.argv[1])) await sink.write(flows);
		await sink.output.flush();
		process.send("sent");
		setInterval(() => {}, 1000);`;
	const file = join(folder, "first.trapcap");
	const written = await createTrapSink(file);
	await send(written, 0, 20_000);
	await written.close();
	const dying = spawn(process.execPath, ["--input-type=module", "-e", script, file], {
		stdio: ["ignore", "inherit", "inherit", "ipc"],
	});
	await new Promise((resolve) => dying.once("message", resolve));
	await until(module, ({ in: [input] }) => input!.messages === 20_000);
	dying.kill("SIGKILL");
	const sink = await open("in6");
	await send(sink, 20_000, 30_000);
	await sink.output.sendEndOfStream();
	await sink.close();
	assert.deepEqual(await coming, evenUpTo(30_000));
	assert.equal(await module.exit, 0);
});

for (const [args, status, line] of [
	[["-i", "b:,b:", "-b", "0"], 1, /^minerdetector: Bad value for buffer: 0 is not above 0\n$/],
	[["-i", "b:,b:", "-b", "-5"], 1, /^minerdetector: Bad value for buffer: -5/],
	[["-i", "b:,b:", "-d", "1.1"], 1, /^minerdetector: Bad value for DST threshold: 1\.1 is not within 0 and 1\n$/],
	[["-i", "b:,b:", "-t", "-0.1"], 1, /^minerdetector: Bad value for ML threshold: -0\.1/],
	[["-i", "b:,b:", "-b", "x"], 2, /argument -b\/--buffer: invalid int value: 'x'/],
	[["-i", "f:/nowhere,b:", "-m", "/nonexistent"], 1, /^minerdetector: \/nonexistent: no such file\n$/],
	[["-i", "f:/nowhere/at/all,b:"], 1, /^minerdetector: \/nowhere\/at\/all: no such file\n$/],
	[["-i", "u:a"], 2, /^minerdetector: "u:a" names 1 interface, wanted: 1 input and 1 output\n$/],
	[["-i", "x:a,b:"], 2, /^minerdetector: interface "x:a": "x" is no type of interface \(u, t, T, f\)\n$/],
	[["-i", "b:,b:", "--what"], 2, /^minerdetector: unknown option '--what'/],
	[[], 2, /^minerdetector: required option '-i <ifcs>' not specified\n$/],
	[["-i", "f:x,b:", "--compat", "cython3"], 1, /not ours to ship: name it with -m\n$/],
] as const) {
	test(`minerdetector ${args.join(" ")}: one line and status ${status}`, async () => {
		const module = start(args);
		assert.equal(await module.exit, status);
		assert.match(module.errors(), line);
	});
}
