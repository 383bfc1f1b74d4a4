import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { columnsOfFlows } from "../flow/columns-of-flows.ts";
import { type Flow, flowAt } from "../flow/flow.ts";
import { type FlowColumns, transferablesOf } from "../flow/flow-columns.ts";
import type { FlowSource } from "../flow/flow-source.ts";
import { arbitraryFlow } from "../flow/testing.ts";
import { openFlowSink } from "../output/open-flow-sink.ts";
import { openInput } from "./open-input.ts";

/** One contract for all sources and sinks: what one writes, the other reads. */

const folder = mkdtempSync(join(tmpdir(), "decrypto-contract-"));
after(() => rmSync(folder, { recursive: true }));

const flows: readonly Flow[] = fc
	.sample(arbitraryFlow(), { numRuns: 300, seed: 7 })
	.map((flow, k) => ({ ...flow, packets: k + 1, protocol: 6 }));
const columns = columnsOfFlows(flows);
const packetsOf = (list: readonly { packets: number }[]) => list.map(({ packets }) => packets);

/** A kind of input with the flows of `columns` in it, and how it is damaged. */
interface Kind {
	readonly name: string;
	/** Makes an input of it, and returns its name. */
	make(label: string): Promise<string>;
}

async function written(name: string): Promise<string> {
	const sink = await openFlowSink(name, {});
	await sink.write(columns);
	await sink.close();
	return name;
}

const file = (ending: string): Kind => ({
	name: ending,
	make: (label) => written(join(folder, `${label}${ending}`)),
});

const FILES: readonly Kind[] = [file(".csv"), file(".parquet"), file(".trapcap"), file(".ipfix")];

async function open(name: string): Promise<FlowSource> {
	const opened = await openInput({ name }, { metering: {} });
	assert.ok(opened, name);
	return opened.source;
}

async function read(source: FlowSource): Promise<Flow[]> {
	const found: Flow[] = [];
	for await (const batch of source) for (let i = 0; i < batch.length; i++) found.push(flowAt(batch, i));
	return found;
}

for (const { name, make } of FILES) {
	describe(`a source of flows: ${name}`, () => {
		it("gives the flows that were written, in order, and counts them", async () => {
			await using source = await open(await make("whole"));
			assert.deepEqual(packetsOf(await read(source)), packetsOf(flows));
			assert.equal(source.counters.flows, flows.length);
			assert.equal(source.counters.malformed.size, 0);
			assert.ok(source.name.length > 0);
		});
		it("goes on after its batches were transferred to another thread", async () => {
			await using source = await open(await make("transferred"));
			const found: number[] = [];
			for await (const batch of source) {
				const moved = structuredClone(batch, { transfer: transferablesOf(batch) }) as FlowColumns;
				found.push(...moved.packets.subarray(0, moved.length));
			}
			assert.deepEqual(found, packetsOf(flows));
		});
		it("ends when it is stopped, and can be disposed of twice", async () => {
			const source = await open(await make("stopped"));
			source.stop();
			assert.ok((await read(source)).length <= flows.length);
			await source[Symbol.asyncDispose]();
			await source[Symbol.asyncDispose]();
		});
		it("can be disposed of without having been read", async () => {
			const source = await open(await make("unread"));
			await source[Symbol.asyncDispose]();
		});
		it("throws an error that names it, or counts what is malformed, when it is damaged anywhere", async () => {
			const path = await make("sound");
			const { readFileSync } = await import("node:fs");
			const sound = readFileSync(path);
			const damaged = join(folder, `damaged-${name.replace(/\W/g, "")}`);
			for (const [begin, end] of [
				[0, sound.length >> 1],
				[0, sound.length - 3],
				[sound.length >> 1, sound.length],
			] as const) {
				writeFileSync(damaged, sound.subarray(begin, end));
				try {
					const source = await openInput({ name: damaged }, { metering: {} });
					await using opened = source!.source;
					assert.ok((await read(opened)).length <= flows.length);
				} catch (error) {
					assert.ok(error instanceof Error && error.message.includes(damaged), String(error));
				}
			}
		});
	});
}

describe("a source that waits for its peer", () => {
	for (const name of ["ipfix+udp://127.0.0.1:0", "ipfix+tcp://127.0.0.1:0", `u:contract`]) {
		it(`ends when it is stopped while nothing comes: ${name}`, { timeout: 20_000 }, async () => {
			const opened = await openInput({ name }, { metering: {}, socketDirectory: folder });
			await using source = opened!.source;
			const reading = read(source);
			await sleep(100);
			source.stop();
			assert.deepEqual(await reading, []);
		});
	}
	it("ends when it is stopped while nothing comes: a directory that is followed", { timeout: 20_000 }, async () => {
		const directory = join(folder, "spool");
		mkdirSync(directory);
		const opened = await openInput({ name: `follow:${directory}` }, { metering: {} });
		await using source = opened!.source;
		const reading = read(source);
		await sleep(100);
		source.stop();
		assert.deepEqual(await reading, []);
	});
});

describe("a sink of flows", () => {
	for (const ending of [".csv", ".parquet", ".trapcap", ".ipfix"]) {
		it(`writes the positions that are asked for, over several batches: ${ending}`, async () => {
			const path = join(folder, `some${ending}`);
			const sink = await openFlowSink(path, {});
			await sink.write(columns, new Uint32Array([2, 0, 299]));
			await sink.write(columns, new Uint32Array(0));
			await sink.write(columns, new Uint32Array([5]));
			await sink.close();
			await using source = await open(path);
			assert.deepEqual(packetsOf(await read(source)), [3, 1, 300, 6]);
		});
		it(`says which output cannot be written: ${ending}`, async () => {
			// Below a file there can be no other.
			writeFileSync(join(folder, "file"), "");
			const path = join(folder, "file", `some${ending}`);
			await assert.rejects(
				async () => {
					const sink = await openFlowSink(path, {});
					await sink.write(columns);
					await sink.close();
				},
				(error: Error) => error.message.includes(path),
			);
		});
	}
});
