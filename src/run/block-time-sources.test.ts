import assert from "node:assert/strict";
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { type Behaviour, poolBehaviours } from "../../lab/pools/behaviours.ts";
import { startServer } from "../../lab/pools/scripted-server.ts";
import type { BlockTime, ClockKind } from "../mining/block-clock/block-clock.ts";
import { parseBlockTimeSource } from "../mining/block-clock/block-time-source.ts";
import { pollNode } from "../mining/block-clock/poll-node.ts";
import { listenToPool } from "../pool/listen-to-pool.ts";
import { BlockTimeSources } from "./block-time-sources.ts";

const folder = mkdtempSync(join(tmpdir(), "decrypto-block-times-"));
after(() => rmSync(folder, { recursive: true }));

async function until(holds: () => boolean): Promise<void> {
	for (let k = 0; k < 400 && !holds(); k++) await sleep(25);
	assert.ok(holds());
}

function collecting(isLive: boolean) {
	const blocks: (BlockTime & { kind: ClockKind })[] = [];
	const warnings: string[] = [];
	const options = {
		learn: (block: BlockTime, kind: ClockKind) => void blocks.push({ ...block, kind }),
		warn: (line: string) => void warnings.push(line),
		agent: "example-university-soc/1.0",
		isLive,
	};
	return { blocks, warnings, options };
}

describe("sources of block times", () => {
	it("are named in one word each", () => {
		assert.deepEqual(parseBlockTimeSource("network"), { kind: "network" });
		assert.deepEqual(parseBlockTimeSource("blocks.csv"), { kind: "file", path: "blocks.csv" });
		assert.deepEqual(parseBlockTimeSource("node:http://127.0.0.1:18081"), {
			kind: "node",
			node: { coin: "Monero", url: "http://127.0.0.1:18081" },
		});
		assert.deepEqual(parseBlockTimeSource("node:bitcoin+http://me:p%40ss@[::1]:8332/wallet"), {
			kind: "node",
			node: { coin: "Bitcoin", url: "http://[::1]:8332/wallet", user: "me", password: "p@ss" },
		});
		assert.deepEqual(parseBlockTimeSource("pool:monero+tls://pool.example:443"), {
			kind: "pool",
			pool: { coin: "Monero", host: "pool.example", port: 443, tls: true },
		});
		for (const wrong of [
			"",
			"node:",
			"node:ftp://a",
			"node:dogecoin+http://a:1",
			"pool:tcp://a:1",
			"pool:monero+tcp://a",
		])
			assert.throws(() => parseBlockTimeSource(wrong), { code: "usage" }, wrong);
	});

	it("are files that are read before anything else", async () => {
		const path = join(folder, "feed");
		writeFileSync(path, `coin,time,height\nmonero,1735689600,7\nnonsense\n${"x".repeat(1 << 20)}\nBitcoin,1735689700`);
		const { blocks, warnings, options } = collecting(false);
		await using _ = await BlockTimeSources.start([{ kind: "file", path }], options);
		assert.deepEqual(
			blocks.map(({ coin, time, kind }) => [coin, time, kind]),
			[
				["Monero", 1_735_689_600e6, "blocks"],
				["Bitcoin", 1_735_689_700e6, "blocks"],
			],
		);
		assert.equal(warnings.length, 2);
		assert.match(warnings[0]!, /line 3/);
		await assert.rejects(BlockTimeSources.start([{ kind: "file", path: join(folder, "missing") }], options));
	});

	it("are files that are followed while others write them", async () => {
		const path = join(folder, "followed");
		writeFileSync(path, "monero,1735689600\n");
		const { blocks, options } = collecting(true);
		const sources = await BlockTimeSources.start([{ kind: "file", path }], options);
		await until(() => blocks.length === 1);
		appendFileSync(path, "monero,17356");
		await sleep(300);
		appendFileSync(path, "89720,8\n");
		await until(() => blocks.length === 2);
		assert.equal(blocks[1]!.time, 1_735_689_720e6);
		await sources[Symbol.asyncDispose]();
	});

	it("are nodes that are asked: a block is there when the node first tells it", async () => {
		let height = 7;
		let isAway = false;
		const server = createServer((_, response) => {
			if (isAway) response.writeHead(500).end();
			else response.end(JSON.stringify({ result: { block_header: { height, hash: `h${height}` } } }));
		});
		await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
		const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
		const stop = new AbortController();
		const { blocks, warnings, options } = collecting(true);
		const onBlock = (block: BlockTime) => options.learn(block, "blocks");
		const polling = pollNode({
			node: { coin: "Monero", url },
			onBlock,
			warn: options.warn,
			signal: stop.signal,
			every: 20,
		});
		await sleep(100);
		assert.equal(blocks.length, 0);
		const before = Date.now();
		height = 8;
		await until(() => blocks.length === 1);
		assert.equal(blocks[0]!.height, 8);
		assert.ok(blocks[0]!.time >= before * 1000 && blocks[0]!.time <= Date.now() * 1000);
		isAway = true;
		await until(() => warnings.length === 1);
		height = 9;
		isAway = false;
		await until(() => warnings.length === 2);
		assert.equal(blocks.length, 1, "a block that came while the node was away has no time");
		stop.abort();
		await polling;
		server.closeAllConnections();
		server.close();
	});
});

describe("a pool that is listened to", () => {
	/** A pool whose jobs the test sends. */
	async function pool() {
		const sockets = new Set<Socket>();
		const behaviour: Behaviour = { ...poolBehaviours.monero, onConnect: (socket) => void sockets.add(socket) };
		const server = await startServer(behaviour);
		return { server, send: (text: string) => sockets.forEach((socket) => void socket.write(text)), sockets };
	}
	const job = (height: number) =>
		`${JSON.stringify({ jsonrpc: "2.0", method: "job", params: { blob: "00", job_id: "1", height } })}\n`;

	it("tells of a new block with its first job, is sent one login and nothing more", async (t) => {
		const { server, send, sockets } = await pool();
		const stop = new AbortController();
		t.after(() => {
			stop.abort();
			return server[Symbol.asyncDispose]();
		});
		const { blocks, options } = collecting(true);
		const listening = listenToPool({
			...options,
			pool: { coin: "Monero", host: server.address, port: server.port, tls: false },
			onBlock: (block) => options.learn(block, "pushes"),
			signal: stop.signal,
			retryAfter: 20,
		});
		await until(() => server.received.some((text) => text.includes("login")));
		send(job(7));
		await sleep(50);
		send(job(7) + job(8).slice(0, 20));
		send(job(8).slice(20) + job(8));
		await until(() => blocks.length === 1);
		assert.equal(blocks[0]!.height, 8);
		for (const socket of sockets) socket.destroy();
		sockets.clear();
		await until(() => sockets.size === 1);
		await sleep(50);
		send(`${"z".repeat(100_000)}`);
		await until(() => server.received.length === 3);
		stop.abort();
		await listening;
		for (const text of server.received) {
			assert.equal(text.split("\n").length, 2, text);
			assert.match(text, /"method":"login".*example-university-soc/);
		}
	});

	it("that cannot be reached is tried again, and told", async () => {
		const closed = createTcpServer();
		await new Promise<void>((resolve) => closed.listen(0, "127.0.0.1", resolve));
		const { port } = closed.address() as AddressInfo;
		await new Promise((resolve) => closed.close(resolve));
		const stop = new AbortController();
		const { warnings, options } = collecting(true);
		const pool = { coin: "Bitcoin", host: "127.0.0.1", port, tls: false };
		const listening = listenToPool({ ...options, pool, onBlock: () => {}, signal: stop.signal, retryAfter: 10 });
		await until(() => warnings.length >= 2);
		stop.abort();
		await listening;
	});
});
