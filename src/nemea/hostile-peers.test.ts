import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { createConnection, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { createCounters } from "../bytes/counters.ts";
import { DeCryptoError } from "../bytes/error.ts";
import { METER_FIELDS } from "../flow/unirec-fields.ts";
import { ContainerWriter } from "./container-writer.ts";
import { FlowDecoder, RECORD_OUTSIDE, RECORD_SHORT } from "./flow-decoder.ts";
import { DATA_TYPE, encodeHello } from "./hello.ts";
import { parseInterface } from "./interface-specifier.ts";
import { SocketInput } from "./socket-input.ts";
import { SocketOutput } from "./socket-output.ts";
import { StreamReader } from "./stream-reader.ts";
import { templateOf } from "./template.ts";
import { batchOf, collectNumbers, eventually, NUMBERED, numberedRecord, numbersUpTo, sendNumbered } from "./testing.ts";

const folder = mkdtempSync(join(tmpdir(), "decrypto-hostile-"));
after(() => rmSync(folder, { recursive: true }));

const HELLO = encodeHello({ dataType: DATA_TYPE.UNIREC, specifier: NUMBERED.text });

/** Containers with records `from … to - 1`. */
function containers(from: number, to: number, framing: "plain" | "sequenced" = "sequenced", size = 1000): Buffer {
	const writer = new ContainerWriter(framing, size);
	const finished: Uint8Array[] = [];
	for (let n = from; n < to; n++) {
		if (writer.add(numberedRecord(n), 0, numberedRecord(n).length)) continue;
		finished.push(writer.finish().slice());
		writer.add(numberedRecord(n), 0, numberedRecord(n).length);
	}
	return Buffer.concat([...finished, writer.finish()]);
}

const END = Buffer.from("0000000300000000000000000100000100", "hex");

test("a sender that talks nonsense is left and looked for again; what it then says is read", async (t) => {
	const scripts: ((socket: Socket) => unknown)[] = [
		(socket) => socket.end("GET / HTTP/1.1\r\n\r\n"),
		(socket) => socket.end(Buffer.from("02000000ffffffff", "hex")),
		(socket) => socket.end(encodeHello({ dataType: DATA_TYPE.UNIREC, specifier: "uint99 N" })),
		(socket) => socket.end(Buffer.alloc(8)),
		(socket) => socket.end(HELLO.subarray(0, 11)),
		(socket) => socket.end(Buffer.concat([HELLO, Buffer.from("7fffffff00000000000000000100", "hex")])),
		(socket) =>
			socket.end(Buffer.concat([HELLO, containers(0, 50), Buffer.from("ffffffff00000000000000000000", "hex")])),
		(socket) => socket.end(Buffer.concat([HELLO, containers(50, 60), containers(60, 61).subarray(0, -5)])),
		(socket) =>
			socket.end(Buffer.concat([HELLO, Buffer.from("0000000000000000000000000000", "hex"), containers(60, 70)])),
		async (socket) => {
			socket.setNoDelay(true);
			for (const byte of Buffer.concat([HELLO, containers(70, 75), END])) {
				socket.write(Uint8Array.of(byte));
				await new Promise((resolve) => setImmediate(resolve));
			}
		},
	];
	let visit = 0;
	const server = createServer((socket) => {
		socket.on("error", () => {});
		void scripts[visit++]?.(socket);
	}).listen(join(folder, "trap-nonsense.sock"));
	t.after(() => server.close());
	const warnings: string[] = [];
	const input = new SocketInput(parseInterface("u:nonsense", "input"), {
		socketDirectory: folder,
		retryMs: 5,
		warn: (_topic, line) => warnings.push(line),
	});
	assert.deepEqual(await collectNumbers(input), numbersUpTo(75));
	assert.equal(visit, scripts.length);
	assert.deepEqual(Object.fromEntries(input.counters.malformed), {
		"connection: malformed hello": 2,
		"connection: malformed template": 1,
		"connection: ended within a hello": 1,
		"connection: malformed container": 2,
		"connection: ended within a container": 1,
		"container: empty": 1,
	});
	assert.match(warnings[0]!, /u:nonsense: no TRAP hello: data type 71 is not known; trying again/);
});

test("a receiver that stalls, one that talks and one that goes keep nothing from the others", async () => {
	const output = await SocketOutput.open(parseInterface("u:strange:timeout=NO_WAIT", "output"), folder);
	await output.begin(NUMBERED);
	const path = join(folder, "trap-strange.sock");
	const stalled = createConnection(path).pause();
	const talking = createConnection(path, () => talking.write(Buffer.alloc(1 << 20)));
	const going = createConnection(path, () => going.destroy());
	for (const socket of [stalled, talking, going]) socket.on("error", () => {});
	talking.resume();
	const receiving = collectNumbers(
		new SocketInput(parseInterface("u:strange", "input"), { socketDirectory: folder, retryMs: 5 }),
	);
	await eventually(() => output.clients >= 3);
	for (let n = 0; n < 50_000; n += 500) {
		await sendNumbered(output, n, n + 500);
		await sleep(1);
	}
	await output.sendEndOfStream();
	assert.deepEqual(await receiving, numbersUpTo(50_000));
	stalled.destroy();
	talking.destroy();
	await output.close();
});

/** Feeds a stream in pieces; what came of it. */
function read(stream: Uint8Array, cuts: readonly number[], framing: "plain" | "sequenced" | "untold"): unknown {
	const counters = createCounters();
	const reader = new StreamReader(framing, counters);
	const records: string[] = [];
	const take = (next: () => ReturnType<StreamReader["take"]>) => {
		for (let batch = next(); batch; batch = next()) {
			for (let i = 0; i < batch.length; i++) {
				assert.ok(batch.ends[i]! <= batch.bytes.length && batch.begins[i]! <= batch.ends[i]!);
				records.push(Buffer.from(batch.bytes.subarray(batch.begins[i], batch.ends[i])).toString("hex"));
			}
		}
	};
	try {
		const bounds = [0, ...[...cuts].map((cut) => cut % (stream.length + 1)).sort((a, b) => a - b), stream.length];
		for (let k = 1; k < bounds.length; k++) {
			reader.push(stream.subarray(bounds[k - 1], bounds[k]));
			take(() => reader.take());
		}
		if (!reader.ended) take(() => (reader.waiting > 0 ? reader.takeCut() : undefined));
	} catch (error) {
		assert.ok(error instanceof DeCryptoError, String(error));
		return { records, error: error.message };
	}
	return { records, malformed: [...counters.malformed] };
}

const cuts = fc.array(fc.nat(), { maxLength: 20 });

test("a stream is the same in whatever pieces it comes, under either framing", () => {
	const framing = fc.constantFrom("plain" as const, "sequenced" as const);
	fc.assert(
		fc.property(framing, fc.nat(200), fc.nat(60), cuts, (framing, from, count, cuts) => {
			const stream = Buffer.concat([HELLO, containers(from, from + count + 1, framing, 700)]);
			const expected = numbersUpTo(count + 1).map((n) => Buffer.from(numberedRecord(from + n)).toString("hex"));
			assert.deepEqual(read(stream, cuts, framing), { records: expected, malformed: [] });
			assert.deepEqual(read(stream, cuts, "untold"), { records: expected, malformed: [] });
		}),
	);
});

test("a damaged stream gives records, counts or one error, the same in whatever pieces it comes", () => {
	const damage = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 8 });
	fc.assert(
		fc.property(damage, cuts, fc.constantFrom("plain" as const, "sequenced" as const), (damage, cuts, framing) => {
			const stream = Buffer.concat([HELLO, containers(0, 40, framing, 700)]);
			for (const [at, byte] of damage) stream[at % stream.length] = byte;
			assert.deepEqual(read(stream, cuts, framing), read(stream, [], framing));
			read(stream, cuts, "untold");
		}),
		{ numRuns: 500 },
	);
});

test("any bytes at all are a record, a short one, or one whose fields lie outside", () => {
	const template = templateOf(METER_FIELDS);
	const decoder = new FlowDecoder(template);
	const bytes = fc.oneof(
		fc.uint8Array({ maxLength: 400 }),
		fc.uint8Array({ minLength: 107, maxLength: 300 }).map((record) => record.fill(0, 77, 107)),
	);
	let flows = 0;
	fc.assert(
		fc.property(bytes, (record) => {
			let outcome: string | undefined;
			decoder.append(batchOf(template, [record]), (reason) => {
				outcome = reason;
			});
			if (outcome === undefined) flows++;
			else assert.equal(outcome, record.length < template.fixedLength ? RECORD_SHORT : RECORD_OUTSIDE);
			assert.equal(decoder.builder.length, flows);
		}),
		{ numRuns: 2000 },
	);
	const columns = decoder.builder.columns();
	for (const { offsets, values } of [columns.payload, columns.serverName, columns.packetTimes]) {
		assert.ok(offsets[flows]! <= values.length);
	}
});
