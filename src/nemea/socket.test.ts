import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createConnection, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { connect as connectTls } from "node:tls";
import { Worker } from "node:worker_threads";
import { certify, newKey } from "../../lab/certificate.ts";
import { createCounters } from "../bytes/counters.ts";
import { CLIENT, OUTPUT } from "./interface-counters.ts";
import { parseInterface } from "./interface-specifier.ts";
import { SocketInput } from "./socket-input.ts";
import { SocketOutput } from "./socket-output.ts";
import { StreamReader } from "./stream-reader.ts";
import { parseTemplate } from "./template.ts";
import { collectNumbers, eventually, NUMBERED, numberedRecord, numbersUpTo, sendNumbered } from "./testing.ts";

const folder = mkdtempSync(join(tmpdir(), "decrypto-socket-"));
after(() => rmSync(folder, { recursive: true }));

const open = (text: string) => SocketOutput.open(parseInterface(text, "output"), folder);
const input = (text: string) =>
	new SocketInput(parseInterface(text, "input"), { socketDirectory: folder, retryMs: 20 });

/** PEM files of an authority and of two ends that it vouches for. */
function certificates(): string {
	const authorityKey = newKey();
	const authority = { name: "Test Authority", issuer: "Test Authority", serial: 1, authority: true };
	writeFileSync(join(folder, "ca.pem"), certify(authorityKey, authority).certificate);
	for (const [serial, name] of ["sender", "receiver"].entries()) {
		const { certificate, key } = certify(newKey(), {
			name,
			issuer: authority.name,
			issuerKey: authorityKey,
			serial: serial + 2,
		});
		writeFileSync(join(folder, `${name}.pem`), certificate);
		writeFileSync(join(folder, `${name}.key`), key);
	}
	return folder;
}

for (const text of ["u:pair", "u:off:buffer=off", "u:old:framing=plain", "t:127.0.0.1:17611", "t:[::1]:17612"]) {
	test(`every record arrives once and in order over ${text}`, async () => {
		const output = await open(text);
		const receiving = collectNumbers(input(text));
		await output.begin(NUMBERED);
		await sendNumbered(output, 0, 10_000);
		await output.sendEndOfStream();
		await output.close();
		assert.deepEqual(await receiving, numbersUpTo(10_000));
		assert.equal(output.counters.dropped, 0);
	});
}

test("TLS wants certificates on both sides; who has none is refused, and nobody else notices", async () => {
	const pem = certificates();
	const output = await open(`T:127.0.0.1:17613:${pem}/sender.key:${pem}/sender.pem:${pem}/ca.pem`);
	await output.begin(NUMBERED);
	const stranger = connectTls({ port: 17613, host: "127.0.0.1", rejectUnauthorized: false });
	stranger.on("error", () => {});
	let got = 0;
	stranger.on("data", (chunk: Buffer) => {
		got += chunk.length;
	});
	const turnedAway = new Promise((resolve) => stranger.once("close", resolve));
	const receiving = collectNumbers(input(`T:127.0.0.1:17613:${pem}/receiver.key:${pem}/receiver.pem:${pem}/ca.pem`));
	await sendNumbered(output, 0, 10_000);
	await output.sendEndOfStream();
	await output.close();
	assert.deepEqual(await receiving, numbersUpTo(10_000));
	await turnedAway;
	assert.equal(got, 0);
});

test("the hello is said while the sender's thread is busy", async () => {
	const output = await open("u:busy");
	await output.begin(NUMBERED);
	const receiver = new Worker(
		`const { parentPort, workerData } = require("node:worker_threads");
		setTimeout(() => {
			const socket = require("node:net").createConnection(workerData);
			socket.once("data", (data) => {
				parentPort.postMessage({ hello: data.subarray(8).toString(), at: Date.now() });
				socket.destroy();
			});
		}, 50);`,
		{ eval: true, workerData: join(folder, "trap-busy.sock") },
	);
	await new Promise((resolve) => receiver.once("online", resolve));
	const answer = new Promise<{ hello: string; at: number }>((resolve) => receiver.once("message", resolve));
	const until = performance.now() + 700;
	while (performance.now() < until);
	const freed = Date.now();
	const { hello, at } = await answer;
	assert.equal(hello, NUMBERED.text);
	assert.ok(at < freed);
	await output.close();
});

test("several receivers get everything, each at its own pace", async () => {
	const output = await open("u:several:buffer_count=5");
	const receiving = [0, 2, 5].map((pauseMs) => collectNumbers(input("u:several"), [], pauseMs));
	await output.begin(NUMBERED);
	await eventually(() => output.clients === 3);
	await sendNumbered(output, 0, 30_000);
	await output.sendEndOfStream();
	await output.close();
	for (const numbers of await Promise.all(receiving)) assert.deepEqual(numbers, numbersUpTo(30_000));
});

test("a receiver that leaves in an orderly way and comes back misses nothing and gets nothing twice", async () => {
	const output = await open("u:back");
	await output.begin(NUMBERED);
	const sending = (async () => {
		for (let n = 0; n < 60_000; n += 3000) {
			await sendNumbered(output, n, n + 3000);
			await sleep(5);
		}
		await output.sendEndOfStream();
		await output.close();
	})();
	const numbers: number[] = [];
	let visits = 0;
	for (; numbers.length < 60_000; visits++) {
		const receiver = input("u:back");
		const receiving = collectNumbers(receiver);
		await sleep(15);
		receiver.stop();
		numbers.push(...(await receiving));
	}
	await sending;
	assert.ok(visits > 1);
	assert.deepEqual(numbers, numbersUpTo(60_000));
});

test("WAIT: without a receiver, and with one that does not read, the sender waits and nothing is lost", async () => {
	const output = await open("u:wait:buffer_count=3:buffer_size=2000");
	await output.begin(NUMBERED);
	let sent = 0;
	const sending = (async () => {
		for (; sent < 60_000; sent++) await output.send(numberedRecord(sent), 0, numberedRecord(sent).length);
		await output.sendEndOfStream();
		await output.close();
	})();
	await sleep(50);
	assert.ok(sent < 200, "nobody is there, but the sender goes on");
	const receiver = input("u:wait");
	const batches = receiver[Symbol.asyncIterator]();
	const first = await batches.next();
	await eventually(() => output.clients === 1);
	let stuck = -1;
	for (; stuck !== sent; await sleep(300)) stuck = sent;
	assert.ok(sent < 60_000, "nobody reads, but the sender goes on");
	let received = first.value!.length;
	for (let next = await batches.next(); !next.done; next = await batches.next()) received += next.value.length;
	await sending;
	assert.equal(received, 60_000);
	assert.equal(output.counters.dropped, 0);
});

test("HALF_WAIT: without a receiver records are dropped and counted, with one nothing is", async () => {
	const output = await open("u:half:timeout=HALF_WAIT");
	await output.begin(NUMBERED);
	await sendNumbered(output, 0, 500);
	assert.deepEqual(output.counters, { sent: 0, dropped: 500, containers: 0, autoflushes: 0 });
	const receiving = collectNumbers(input("u:half"), [], 1);
	await eventually(() => output.clients === 1);
	await sendNumbered(output, 500, 20_000);
	await output.sendEndOfStream();
	await output.close();
	assert.deepEqual(await receiving, numbersUpTo(20_000).slice(500));
	assert.equal(output.counters.dropped, 500);
});

test("NO_WAIT: the sender never waits; a receiver that does not follow misses whole containers, which are counted", async () => {
	const output = await open("u:hasty:timeout=NO_WAIT:buffer_count=4:buffer_size=5000");
	await output.begin(NUMBERED);
	const receiver = createConnection(join(folder, "trap-hasty.sock")).pause();
	await eventually(() => output.clients === 1);
	await sendNumbered(output, 0, 50_000);
	await output.flush();
	const reader = new StreamReader("sequenced", createCounters());
	receiver.on("data", (chunk: Buffer) => reader.push(chunk));
	const left = new Promise((resolve) => receiver.once("close", resolve));
	receiver.resume();
	const figures = output.slots.subarray(OUTPUT.FIRST_CLIENT, OUTPUT.FIRST_CLIENT + CLIENT.LENGTH);
	await eventually(() => figures[CLIENT.MESSAGES]! + figures[CLIENT.SKIPPED]! === 50_000);
	const skipped = figures[CLIENT.SKIPPED]!;
	assert.ok(skipped > 0);
	await output.close();
	await left;
	const { begins, bytes, length } = reader.take()!;
	assert.equal(length + skipped, 50_000);
	const view = new DataView(bytes.buffer);
	const numbers = Array.from({ length }, (_, i) => view.getUint32(begins[i]!, true));
	for (let i = 1; i < length; i++) assert.ok(numbers[i]! > numbers[i - 1]!);
});

test("a container that is not full is sent when its time has come", async () => {
	const output = await open("u:auto:autoflush=50000");
	await output.begin(NUMBERED);
	const numbers: number[] = [];
	const receiver = input("u:auto");
	const receiving = collectNumbers(receiver, numbers);
	await sendNumbered(output, 0, 3);
	await eventually(() => numbers.length === 3);
	assert.equal(output.counters.autoflushes, 1);
	receiver.stop();
	await Promise.all([receiving, output.close()]);
});

test("a change of template loses nothing: what was accepted is delivered under the old hello", async () => {
	const output = await open("u:change");
	const other = parseTemplate("bytes FILL,uint32 N,uint8 MORE");
	const templates = new Map<string, number>();
	const receiving = (async () => {
		for await (const { template, length } of input("u:change")) {
			templates.set(template.text, (templates.get(template.text) ?? 0) + length);
		}
	})();
	await output.begin(NUMBERED);
	await sendNumbered(output, 0, 7777);
	await output.begin(other);
	await sendNumbered(output, 0, 3333);
	await output.sendEndOfStream();
	await output.close();
	await receiving;
	assert.deepEqual(
		[...templates],
		[
			[NUMBERED.text, 7777],
			[other.text, 3333],
		],
	);
});

test("more receivers than max_clients are turned away", async () => {
	const output = await open("u:full:max_clients=1");
	await output.begin(NUMBERED);
	const receiver = input("u:full");
	const receiving = collectNumbers(receiver);
	await eventually(() => output.clients === 1);
	const late = createConnection(join(folder, "trap-full.sock"));
	let got = 0;
	for await (const chunk of late) got += (chunk as Buffer).length;
	assert.equal(got, 0);
	receiver.stop();
	await Promise.all([receiving, output.close()]);
});

test("who is told to hurry waits for nobody for ever, and counts what nobody took", async () => {
	const output = await open("u:hurry");
	await output.begin(NUMBERED);
	await sendNumbered(output, 0, 100);
	output.hurry(30);
	await output.close();
	assert.equal(output.counters.dropped, 100);
});

test("a socket that nobody serves any more is taken over, one that somebody serves is not", async () => {
	const path = join(folder, "trap-stale.sock");
	spawnSync(process.execPath, [
		"-e",
		`require("node:net").createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, "SIGKILL"))`,
	]);
	assert.ok(existsSync(path));
	const output = await open("u:stale");
	assert.equal(statSync(path).mode & 0o022, 0, "under the usual umask only its own user may connect");
	await assert.rejects(open("u:stale"), /trap-stale\.sock: another program serves it/);
	await output.close();
	assert.equal(existsSync(path), false);
	await assert.rejects(open(`u:${"x".repeat(120)}`), /longer than the 107 bytes/);
	const taken = createServer().listen(17614);
	await assert.rejects(open("t:17614"), /t:17614: \*:17614: the address is in use/);
	taken.close();
});
