import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { flowAt } from "../flow/flow.ts";
import type { FlowSource } from "../flow/flow-source.ts";
import { listenForEve } from "./eve-socket.ts";
import { followLog } from "./followed-log.ts";
import { openRedisLog, readRedisAddress } from "./redis-log.ts";
import { RespReader, respCommand } from "./resp.ts";

const directory = mkdtempSync(join(tmpdir(), "decrypto-logs-"));
after(() => rmSync(directory, { recursive: true }));

/** Source ports and server names, until so many flows came. */
async function collect(source: FlowSource, count: number): Promise<string[]> {
	const seen: string[] = [];
	for await (const batch of source) {
		for (let i = 0; i < batch.length; i++) {
			const { sourcePort, serverName } = flowAt(batch, i);
			seen.push(`${sourcePort} ${serverName}`.trim());
		}
		if (seen.length >= count) source.stop();
	}
	return seen;
}

const eveFlow = (port: number) =>
	JSON.stringify({
		timestamp: "2026-01-01T00:00:10.000000+0000",
		flow_id: port,
		event_type: "flow",
		src_ip: "192.0.2.7",
		src_port: port,
		dest_ip: "198.51.100.9",
		dest_port: 3333,
		proto: "TCP",
		flow: {
			pkts_toserver: 5,
			pkts_toclient: 5,
			bytes_toserver: 500,
			bytes_toclient: 500,
			start: "2026-01-01T00:00:00.000000+0000",
			end: "2026-01-01T00:00:09.000000+0000",
		},
	});

const zeekLog = (path: string, fields: string) =>
	`#separator \\x09\n#path\t${path}\n#fields\t${fields.replaceAll(" ", "\t")}\n`;
const CONN = zeekLog("conn", "ts uid id.orig_h id.orig_p id.resp_h id.resp_p proto duration");
const SSL = zeekLog("ssl", "ts uid server_name");
const connection = (port: number) => `1735689600.0\tC${port}\t192.0.2.7\t${port}\t198.51.100.9\t443\ttcp\t1.0\n`;
const hello = (port: number, name: string) => `1735689600.1\tC${port}\t${name}\n`;

describe("a log that is followed", { timeout: 20_000 }, () => {
	it("gives what is appended, over rotations, with the names of Zeek's other logs", async () => {
		const conn = join(directory, "conn.log");
		const ssl = join(directory, "ssl.log");
		writeFileSync(conn, CONN + connection(1));
		const flows = collect(followLog(conn), 4);
		await sleep(300);
		writeFileSync(ssl, SSL + hello(2, "two.example"));
		appendFileSync(conn, connection(2));
		await sleep(300);
		appendFileSync(conn, connection(3).slice(0, 20));
		await sleep(300);
		appendFileSync(conn, connection(3).slice(20));
		renameSync(conn, `${conn}.1`);
		renameSync(ssl, `${ssl}.1`);
		writeFileSync(ssl, SSL + hello(4, "four.example"));
		writeFileSync(conn, CONN + connection(4));
		assert.deepEqual(await flows, ["1", "2 two.example", "3", "4 four.example"]);
	});
	it("begins anew where it is cut to nothing", async () => {
		const eve = join(directory, "eve.json");
		writeFileSync(eve, `${eveFlow(1)}\n${eveFlow(2)}\n`);
		const flows = collect(followLog(eve), 3);
		await sleep(300);
		writeFileSync(eve, `${eveFlow(3)}\n`);
		assert.deepEqual(await flows, ["1", "2", "3"]);
	});
	it("counts lines of no known log, and goes on with the first that is known", async () => {
		const eve = join(directory, "noise.json");
		writeFileSync(eve, `noise\n\n${eveFlow(1)}\n`);
		const source = followLog(eve);
		assert.deepEqual(await collect(source, 1), ["1"]);
		assert.equal(source.counters.malformed.get("log: line of no known log"), 1);
	});
});

describe("an EVE socket", { timeout: 20_000 }, () => {
	it("serves several sensors, one after the other and at once, and is gone when stopped", async () => {
		const path = join(directory, "eve.sock");
		const source = await listenForEve("eve", path);
		const flows = collect(source, 200);
		for (const base of [0, 100]) {
			const socket = connect(path);
			const text = Array.from({ length: 100 }, (_, k) => eveFlow(base + k + 1)).join("\n");
			// The last line has no end.
			socket.end(text);
		}
		assert.deepEqual(
			(await flows).map(Number).sort((a, b) => a - b),
			Array.from({ length: 200 }, (_, k) => k + 1),
		);
		await sleep(50);
		assert.equal(existsSync(path), false);
	});
	it("takes the place of a socket that was left behind, and of nothing else", async () => {
		const path = join(directory, "stale.sock");
		const program = `require("node:net").createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, "SIGKILL"))`;
		await once(spawn(process.execPath, ["-e", program]), "exit");
		assert.equal(existsSync(path), true);
		const source = await listenForEve("eve", path);
		await assert.rejects(listenForEve("eve", path), /somebody listens there/);
		source.stop();
		for await (const _batch of source) assert.fail("nobody sent anything");
		const file = join(directory, "file");
		writeFileSync(file, "precious");
		await assert.rejects(listenForEve("eve", file), /is not a socket/);
	});
});

function stopped<S extends { stop(): void }>(source: S): S {
	source.stop();
	return source;
}

describe("a list in Redis", { timeout: 20_000 }, () => {
	it("is read in the order in which it was pushed, from a real server", async (t) => {
		const port = await freePort();
		const server = spawn("redis-server", ["--port", String(port), "--save", "", "--bind", "127.0.0.1"], {
			stdio: "ignore",
			cwd: directory,
		});
		const isAbsent = await new Promise<boolean>((resolve) => {
			server.once("error", () => resolve(true));
			server.once("spawn", () => resolve(false));
		});
		if (isAbsent) return t.skip("redis-server is not installed");
		try {
			const socket = await connected(port);
			socket.write(respCommand(["CONFIG", "SET", "requirepass", "p@ss"]));
			socket.write(respCommand(["AUTH", "p@ss"]));
			for (let k = 1; k <= 2500; k++) socket.write(respCommand(["LPUSH", "suricata", eveFlow(k)]));
			const source = await openRedisLog(`redis://:p%40ss@127.0.0.1:${port}/suricata`);
			assert.equal(source.name, `redis://127.0.0.1:${port}/suricata`);
			const flows = await collect(source, 2500);
			assert.deepEqual(
				flows.map(Number),
				Array.from({ length: 2500 }, (_, k) => k + 1),
			);
			await assert.rejects(openRedisLog(`redis://:wrong@127.0.0.1:${port}/suricata`), /the server refuses: WRONGPASS/);
			const without = `redis://127.0.0.1:${port}/suricata`;
			await assert.rejects(openRedisLog(without, "wrong"), /the server refuses: WRONGPASS/);
			for await (const _batch of stopped(await openRedisLog(without, "p@ss"))) assert.fail("the list is empty");
			socket.destroy();
		} finally {
			server.kill();
		}
	});
	it("is named by an address with a key", () => {
		assert.deepEqual(readRedisAddress("redis://[::1]/a/b"), {
			host: "::1",
			port: 6379,
			key: "a/b",
			name: "redis://[::1]/a/b",
		});
		for (const wrong of ["redis://host", "redis://", "redis:///key"])
			assert.throws(() => readRedisAddress(wrong), /write redis:/);
	});
	it("is spoken of in replies of any pieces, and what is no reply is refused", () => {
		const bytes = Buffer.from("*3\r\n$3\r\na\r\n\r\n:7\r\n$-1\r\n+OK\r\n-ERR no\r\n");
		fc.assert(
			fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), (lengths) => {
				const reader = new RespReader();
				const values: unknown[] = [];
				for (let at = 0, k = 0; at < bytes.length; k++) {
					const length = lengths[k % lengths.length]!;
					reader.add(bytes.subarray(at, at + length));
					at += length;
					for (let value = reader.next(); value !== undefined; value = reader.next()) values.push(value);
				}
				assert.deepEqual(values.slice(0, 2), [[Buffer.from("a\r\n").subarray(0, 3), 7, null], "OK"]);
				assert.match(String(values[2]), /the server refuses: ERR no/);
			}),
		);
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 64 }), (noise) => {
				const reader = new RespReader();
				reader.add(Buffer.from(noise));
				try {
					while (reader.next() !== undefined);
				} catch (error) {
					assert.equal((error as { code?: string }).code, "redis");
				}
			}),
		);
	});
});

async function freePort(): Promise<number> {
	const server = createServer();
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	const { port } = server.address() as { port: number };
	server.close();
	return port;
}

async function connected(port: number) {
	for (;;) {
		const socket = connect(port, "127.0.0.1");
		const isThere = await new Promise((resolve) => {
			socket.once("connect", () => resolve(true));
			socket.once("error", () => resolve(false));
		});
		if (isThere) return socket.resume();
		await sleep(50);
	}
}
