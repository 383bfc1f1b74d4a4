import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { needsShared, sharedPath } from "../../lab/shared-data.ts";
import { openByteSource } from "../bytes/byte-source.ts";
import { createCounters } from "../bytes/counters.ts";
import { PLACES } from "../capture/shard.ts";
import { addressText } from "../flow/address.ts";
import type { FlowColumns } from "../flow/flow-columns.ts";
import type { FlowSource } from "../flow/flow-source.ts";
import { mergeShards } from "./merge-shards.ts";
import { meterCapture } from "./meter-capture.ts";
import { rowOf } from "./testing.ts";

const samples = fileURLToPath(new URL("../../samples", import.meta.url));
const OPTIONS = { payloadBytes: 512, handshakes: true, vlan: true, maximumFlows: 1 << 14 };

const alone = (path: string): FlowSource => meterCapture(openByteSource(path), OPTIONS);

function sideBySide(path: string, limits: readonly number[], packetsPerRound: number): FlowSource {
	const ends = [...limits, PLACES];
	const shards = ends.map((end, i) => ({ begin: i === 0 ? 0 : ends[i - 1]!, end }));
	return mergeShards(shards.map((shard) => meterCapture(openByteSource(path), { ...OPTIONS, shard, packetsPerRound })));
}

interface Metered {
	readonly rows: string[];
	/** The rows of every pair of addresses, in their order. */
	readonly ofPairs: ReadonlyMap<string, string[]>;
}

async function metered(source: FlowSource): Promise<Metered> {
	const rows: string[] = [];
	const ofPairs = new Map<string, string[]>();
	for await (const flows of source) {
		assert.ok(flows.length > 0);
		assert.equal(flows.firstIndex, rows.length);
		for (let i = 0; i < flows.length; i++) {
			const row = rowOf(flows, i);
			rows.push(row);
			const pair = [0, 16].map((end) => addressText(flows.addresses, i * 32 + end)).sort();
			ofPairs.set(pair.join(), [...(ofPairs.get(pair.join()) ?? []), row]);
		}
	}
	return { rows, ofPairs };
}

function capturesIn(folder: string): string[] {
	const names = readdirSync(folder).filter((name) => /\.(pcap|cap|pcapng)(\.gz)?$/.test(name));
	return names.map((name) => `${folder}/${name}`);
}

const SETS = { samples, edge: "golden/meter/edge", ipfixprobe: "data/captures/ipfixprobe", ndpi: "data/captures/ndpi" };

for (const [set, where] of Object.entries(SETS)) {
	describe(`parallel meters make the flows of a single one, for all captures of ${set}`, () => {
		const skip = set !== "samples" && needsShared(where);
		for (const limits of set === "ndpi" ? [[26_000]] : [[26_000], [5000, 40_000]]) {
			test(`${limits.length + 1} of them`, { skip }, async () => {
				const folder = set === "samples" ? where : sharedPath(where)!;
				const captures = capturesIn(folder);
				assert.ok(captures.length > 5);
				for (const path of captures) {
					const [one, all] = [alone(path), sideBySide(path, limits, 100)];
					const [ofOne, ofAll] = [await metered(one), await metered(all)];
					assert.deepEqual(ofAll.rows.sort(), ofOne.rows.sort(), path);
					assert.deepEqual(all.counters, one.counters, path);
				}
			});
		}
	});
}

test("the order is the same in every run, and between two addresses that of a single meter", async () => {
	for (const path of capturesIn(samples)) {
		const ofOne = await metered(alone(path));
		const first = await metered(sideBySide(path, [26_000], 1000));
		const second = await metered(sideBySide(path, [26_000], 1000));
		assert.deepEqual(first.rows, second.rows);
		for (const [pair, rows] of ofOne.ofPairs) assert.deepEqual(first.ofPairs.get(pair), rows, `${path}: ${pair}`);
	}
});

describe("merged sources", () => {
	const batch = (length: number) => ({ length, firstIndex: 0 }) as FlowColumns;

	class Scripted implements FlowSource {
		readonly name = "scripted";
		readonly counters = createCounters();
		readonly lengths: readonly number[];
		left = 0;
		stopped = 0;
		disposed = 0;

		constructor(lengths: readonly number[]) {
			this.lengths = lengths;
		}

		async *[Symbol.asyncIterator]() {
			try {
				for (const length of this.lengths) yield batch(length);
			} finally {
				this.left++;
			}
		}

		stop(): void {
			this.stopped++;
		}

		async [Symbol.asyncDispose](): Promise<void> {
			this.disposed++;
		}
	}

	test("are read in turn; empty batches are skipped, and ended sources are not read again", async () => {
		const merged = mergeShards([new Scripted([1, 2]), new Scripted([]), new Scripted([10, 0, 30, 40])]);
		const batches: number[][] = [];
		for await (const { length, firstIndex } of merged) batches.push([length, firstIndex]);
		assert.deepEqual(batches, [
			[1, 0],
			[10, 1],
			[2, 11],
			[30, 13],
			[40, 43],
		]);
		assert.equal(merged.counters.flows, 83);
	});

	test("are all returned, stopped and disposed of together", async () => {
		const shards = [new Scripted([1, 2]), new Scripted([1, 2])];
		const merged = mergeShards(shards);
		for await (const flows of merged) if (flows.firstIndex === 1) break;
		merged.stop();
		await merged[Symbol.asyncDispose]();
		for (const { left, stopped, disposed } of shards) assert.deepEqual([left, stopped, disposed], [1, 1, 1]);
	});

	test("report each warning once", async () => {
		const [first, second] = [new Scripted([1, 1]), new Scripted([1, 1])];
		const merged = mergeShards([first, second]);
		const seen: string[][] = [];
		for await (const _ of merged) {
			second.counters.warnings.push(`warning ${seen.length}`);
			seen.push([...merged.counters.warnings]);
		}
		assert.deepEqual(seen, [[], ["warning 0"], ["warning 0", "warning 1"], ["warning 0", "warning 1", "warning 2"]]);
		assert.equal(merged.counters.warnings.length, 4);
	});
});
