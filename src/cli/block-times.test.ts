import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { captureOf, HIDDEN_MINER, HOUR_BEGINS, PLAIN_MINER, twoMiners } from "../../lab/two-miners.ts";
import { runProgram } from "./run-program.testing.ts";

interface Told {
	readonly incident: {
		readonly host: { readonly address: string };
		readonly confidence: string;
		readonly pools: readonly { readonly coin?: string }[];
		readonly signals: readonly { readonly signal: string }[];
	};
}

describe("detect --block-times", () => {
	const folder = mkdtempSync(join(tmpdir(), "decrypto-block-times-"));
	after(() => rmSync(folder, { recursive: true }));
	const clock = join(folder, "blocks.csv");
	const captures = join(folder, "captures");
	before(async () => {
		mkdirSync(captures);
		const { plain, hidden, blocks } = await twoMiners();
		writeFileSync(join(captures, "a-hidden.pcap"), captureOf([hidden]));
		writeFileSync(join(captures, "b-plain.pcap"), captureOf([plain]));
		const lines = blocks.map((seconds) => `monero,${new Date(HOUR_BEGINS / 1000 + seconds * 1000).toISOString()}\n`);
		writeFileSync(clock, lines.join(""));
	});

	/** The newest state of each host's incident. */
	async function incidentsOf(...args: string[]): Promise<Map<string, Told["incident"]>> {
		const { stdout, stderr, status } = await runProgram("detect", "--incidents", ...args);
		assert.deepEqual([stderr, status], ["", 0]);
		const told = stdout.trim().split("\n").filter(Boolean);
		return new Map(told.map((line) => (JSON.parse(line) as Told).incident).map((each) => [each.host.address, each]));
	}

	test("a file of block times is a clock without any miner in the clear", async () => {
		const capture = join(captures, "a-hidden.pcap");
		const without = (await incidentsOf(capture)).get(HIDDEN_MINER);
		assert.ok(without === undefined || without.pools.every(({ coin }) => coin === undefined));
		const found = (await incidentsOf(capture, "--block-times", clock)).get(HIDDEN_MINER)!;
		assert.equal(found.confidence, "probable");
		assert.equal(found.pools[0]!.coin, "Monero");
	});

	test("is refused where it cannot be read, where nothing follows incidents, and where the clock is an output", async () => {
		const capture = join(captures, "a-hidden.pcap");
		const cases: [string[], RegExp][] = [
			[["--incidents", "--block-times", join(folder, "missing.csv")], /missing\.csv: no such file/],
			[["--incidents", "--block-times", "node:ftp://127.0.0.1"], /a node speaks http or https/],
			[["--format", "ndjson", "--block-times", clock], /--block-times needs incidents/],
			[["--incidents", "--block-times", clock, "--output", clock], /blocks\.csv/],
		];
		for (const [args, words] of cases) {
			const { stdout, stderr, status } = await runProgram("detect", capture, ...args);
			assert.deepEqual([stdout, status === 0], ["", false], stderr);
			assert.match(stderr, words);
		}
	});

	test("network: the miner in the clear is the clock of the hidden one, whichever capture comes first", async () => {
		for (const threads of ["1", "2"]) {
			const incidents = await incidentsOf(captures, "--block-times", "network", "--threads", threads);
			assert.equal(incidents.get(PLAIN_MINER)?.confidence, "confirmed");
			const hidden = incidents.get(HIDDEN_MINER)!;
			assert.equal(hidden.confidence, "probable");
			assert.equal(hidden.pools[0]!.coin, "Monero");
			assert.ok(hidden.signals.some(({ signal }) => signal === "block-times"));
		}
	});
});
