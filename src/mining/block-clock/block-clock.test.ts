import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, it } from "node:test";
import { BlockClocks } from "./block-clock.ts";
import { readBlockTimeLine } from "./block-time-lines.ts";
import { newestBlock } from "./node-clock.ts";

const SECOND = 1e6;
const START = 1_735_689_600e6;

describe("block clocks", () => {
	it("merge what several sources tell of one block, at the time of the first", () => {
		const clocks = new BlockClocks();
		clocks.add({ coin: "Monero", time: START + 1.5 * SECOND, source: "a" }, "pushes");
		clocks.add({ coin: "Monero", time: START, source: "b" }, "pushes");
		clocks.add({ coin: "Monero", time: START + 100 * SECOND, source: "b" }, "pushes");
		assert.deepEqual(clocks.between("Monero", "pushes", 0, Infinity), [START, START + 100 * SECOND]);
		assert.deepEqual(clocks.between("Monero", "pushes", START + 1, Infinity), [START + 100 * SECOND]);
		assert.deepEqual(clocks.between("Monero", "blocks", 0, Infinity), []);
		assert.deepEqual(clocks.coins(), ["Monero"]);
	});
	it("keep blocks of different heights apart, and know one of the same height again", () => {
		const clocks = new BlockClocks();
		clocks.add({ coin: "Monero", time: START, source: "a", height: 7 }, "blocks");
		clocks.add({ coin: "Monero", time: START + SECOND, source: "b", height: 8 }, "blocks");
		clocks.add({ coin: "Monero", time: START + 4 * SECOND, source: "b", height: 8 }, "blocks");
		assert.equal(clocks.between("Monero", "blocks", 0, Infinity).length, 2);
	});
	it("leave out the times that only a wrong source tells", () => {
		const clocks = new BlockClocks();
		clocks.add({ coin: "Monero", time: START, source: "good" }, "blocks");
		clocks.add({ coin: "Monero", time: START + 50 * SECOND, source: "bad" }, "blocks");
		clocks.setWrong("Monero", "blocks", "bad", true);
		assert.deepEqual(clocks.between("Monero", "blocks", 0, Infinity), [START]);
		assert.deepEqual(
			clocks.sourcesOf("Monero", "blocks").map(({ source, isWrong }) => [source, isWrong]),
			[
				["good", false],
				["bad", true],
			],
		);
	});
	it("are bounded in coins and blocks", () => {
		const clocks = new BlockClocks();
		for (let k = 0; k < 100; k++) clocks.add({ coin: `coin ${k}`, time: START, source: "a" }, "blocks");
		assert.equal(clocks.dropped, 36);
		for (let k = 0; k < 22_000; k++)
			clocks.add({ coin: "coin 1", time: START + k * 10 * SECOND, source: "a" }, "blocks");
		assert.equal(clocks.between("coin 1", "blocks", 0, Infinity).length, 21_600);
	});
});

describe("a line of block times", () => {
	it("has a coin, a time and perhaps a height", () => {
		assert.deepEqual(readBlockTimeLine("Monero,1735689600.25,3000000", "f"), {
			coin: "Monero",
			time: 1735689600.25e6,
			source: "f",
			height: 3_000_000,
		});
		assert.deepEqual(readBlockTimeLine(" Bitcoin , 2025-01-01T00:00:00Z ", "f"), {
			coin: "Bitcoin",
			time: START,
			source: "f",
		});
	});
	it("may be a comment, the header or empty", () => {
		for (const line of ["", "# nothing", "coin,time,height"]) assert.equal(readBlockTimeLine(line, "f"), undefined);
	});
	it("is refused with a sentence where it is something else", () => {
		for (const line of ["Monero", "Monero,yesterday", "Monero,1,2,3,4", "Monero,12", "Monero,1735689600,-1"]) {
			assert.equal(typeof readBlockTimeLine(line, "f"), "string", line);
		}
	});
});

describe("a node", () => {
	/** A node that gives `answer` to every call. */
	async function answering(answer: string, status = 200): Promise<AsyncDisposable & { url: string; asked: string[] }> {
		const asked: string[] = [];
		const server = createServer((request, response) => {
			const chunks: Buffer[] = [];
			request.on("data", (chunk) => chunks.push(chunk));
			request.on("end", () => {
				asked.push(`${request.url} ${Buffer.concat(chunks)} ${request.headers.authorization ?? ""}`);
				response.writeHead(status).end(answer);
			});
		});
		await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
		const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
		return { url, asked, [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())) };
	}

	it("of Monero is asked for the header of its last block", async () => {
		await using node = await answering('{"result":{"block_header":{"height":7,"hash":"ab"}}}');
		assert.deepEqual(await newestBlock({ coin: "Monero", url: node.url }), { height: 7, hash: "ab" });
		assert.match(node.asked[0]!, /^\/json_rpc .*"get_last_block_header"/);
	});
	it("of Bitcoin is asked with name and password", async () => {
		await using node = await answering('{"result":{"blocks":9,"bestblockhash":"cd"}}');
		assert.deepEqual(await newestBlock({ coin: "Bitcoin", url: node.url, user: "u", password: "p" }), {
			height: 9,
			hash: "cd",
		});
		assert.match(node.asked[0]!, /Basic dTpw$/);
	});
	it("that answers with something else is an error that names it", async () => {
		for (const [answer, status] of [
			["{}", 200],
			["no JSON", 200],
			["{}", 500],
			[`{"x":"${"y".repeat(70_000)}"}`, 200],
		] as const) {
			await using node = await answering(answer, status);
			await assert.rejects(
				newestBlock({ coin: "Monero", url: node.url }),
				(error: Error & { code: string }) => error.code === "node" && error.message.startsWith(node.url),
			);
		}
		await assert.rejects(newestBlock({ coin: "Monero", url: "http://127.0.0.1:1" }), { code: "node" });
	});
});
