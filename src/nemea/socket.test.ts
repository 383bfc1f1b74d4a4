import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { parseInterface } from "./interface-specifier.ts";
import { SocketInput } from "./socket-input.ts";
import { SocketOutput } from "./socket-output.ts";
import { parseTemplate } from "./template.ts";

const folder = mkdtempSync(join(tmpdir(), "decrypto-socket-"));
after(() => rmSync(folder, { recursive: true }));
const N = parseTemplate("uint32 N,bytes FILL");

function record(n: number): Buffer {
	const bytes = Buffer.alloc(N.fixedLength + (n % 100));
	bytes.writeUInt32LE(n, 0);
	bytes.writeUInt16LE(n % 100, 6);
	return bytes;
}

const open = (text: string) => SocketOutput.open(parseInterface(text, "output"), folder);
const input = (text: string) =>
	new SocketInput(parseInterface(text, "input"), { socketDirectory: folder, retryMs: 20 });

async function collect(from: SocketInput): Promise<number[]> {
	const numbers: number[] = [];
	for await (const { bytes, begins, length } of from) {
		const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
		for (let i = 0; i < length; i++) numbers.push(view.readUInt32LE(begins[i]!));
	}
	return numbers;
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

for (const text of ["u:pair", "u:off:buffer=off", "u:old:framing=plain", "t:127.0.0.1:17611", "t:[::1]:17612"]) {
	test(`every record arrives once and in order over ${text}`, async () => {
		const output = await open(text);
		const receiving = collect(input(text));
		await output.begin(N);
		for (let n = 0; n < 20_000; n++) await output.send(record(n), 0, record(n).length);
		await output.sendEndOfStream();
		await output.close();
		assert.deepEqual(await receiving, upTo(20_000));
		assert.equal(output.counters.dropped, 0);
	});
}

test("the hello is said in time whatever the sender's thread is doing", async () => {
	const output = await open("u:busy");
	await output.begin(N);
	await sleep(50);
	const receiver = new Worker(
		`const { parentPort, workerData } = require("node:worker_threads");
		setTimeout(() => {
			const asked = performance.now();
			const socket = require("node:net").createConnection(workerData);
			socket.once("data", (data) => {
				parentPort.postMessage({ hello: data.subarray(8).toString(), afterMs: performance.now() - asked });
				socket.destroy();
			});
		}, 50);`,
		{ eval: true, workerData: join(folder, "trap-busy.sock") },
	);
	await new Promise((resolve) => receiver.once("online", resolve));
	const answer = new Promise<{ hello: string; afterMs: number }>((resolve) => receiver.once("message", resolve));
	const until = performance.now() + 700;
	while (performance.now() < until);
	const { hello, afterMs } = await answer;
	assert.equal(hello, N.text);
	assert.ok(afterMs < 500, `${afterMs} ms`);
	await output.close();
});

test("a receiver that leaves in an orderly way and comes back misses nothing and gets nothing twice", async () => {
	const output = await open("u:back");
	await output.begin(N);
	const sending = (async () => {
		for (let n = 0; n < 60_000; n++) {
			await output.send(record(n), 0, record(n).length);
			if (n % 3000 === 0) await sleep(5);
		}
		await output.sendEndOfStream();
		await output.close();
	})();
	const numbers: number[] = [];
	let visits = 0;
	for (; numbers.length < 60_000; visits++) {
		const receiver = input("u:back");
		const receiving = collect(receiver);
		await sleep(15);
		receiver.stop();
		numbers.push(...(await receiving));
	}
	await sending;
	assert.ok(visits > 2);
	assert.deepEqual(numbers, upTo(60_000));
});
