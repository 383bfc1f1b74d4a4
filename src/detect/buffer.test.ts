import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import fc from "fast-check";
import { columnsOfFlows } from "../flow/columns-of-flows.ts";
import { type Flow, flowAt } from "../flow/flow.ts";
import type { FlowColumns } from "../flow/flow-columns.ts";
import { arbitraryFlow } from "../flow/testing.ts";
import { type BufferOptions, bufferFlows } from "./buffer.ts";
import { passesPrefilter } from "./compat/judge-block-as-original.ts";
import { arbitraryShapelyFlow } from "./shapely-flow.testing.ts";

const NO_BOUND = Number.MAX_SAFE_INTEGER;

/** The flows in batches of these sizes (the last size repeats), in arrays that are reused, as from a source. */
async function* sourceOf(flows: readonly Flow[], size: number): AsyncGenerator<FlowColumns> {
	for (let begin = 0; begin < flows.length; begin += size) {
		yield { ...columnsOfFlows(flows.slice(begin, begin + size)), firstIndex: begin };
	}
}

async function buffered(source: AsyncIterable<FlowColumns>, options: BufferOptions) {
	const batches: { firstIndex: number; flows: Flow[]; passed: number }[] = [];
	for await (const batch of bufferFlows(source, options)) {
		const flows = Array.from({ length: batch.length }, (_, i) => flowAt(batch, i));
		const passed = flows.filter((_, i) => passesPrefilter(batch, i)).length;
		batches.push({ firstIndex: batch.firstIndex, flows, passed });
	}
	return batches;
}

test("every flow comes out once, in order, in batches of as many flows as pass the prefilter", async () => {
	const traffic = fc.array(fc.oneof(arbitraryFlow(), arbitraryShapelyFlow()), { maxLength: 60 });
	const size = fc.integer({ min: 1, max: 20 });
	await fc.assert(
		fc.asyncProperty(traffic, size, size, async (flows, sourceSize, limit) => {
			const batches = await buffered(sourceOf(flows, sourceSize), { flows: limit, bytes: NO_BOUND });
			assert.deepEqual(
				batches.flatMap((batch) => batch.flows),
				flows,
			);
			let index = 0;
			for (const [k, batch] of batches.entries()) {
				assert.equal(batch.firstIndex, index);
				index += batch.flows.length;
				if (k < batches.length - 1) assert.equal(batch.passed, limit);
				else assert.ok(batch.passed <= limit);
			}
		}),
	);
});

const [sample] = fc.sample(arbitraryShapelyFlow(), { seed: 8, numRuns: 1 });

test("it is bounded in bytes as well", async () => {
	const large: Flow = { ...sample!, payload: new Uint8Array(60_000) };
	const batches = await buffered(sourceOf(new Array(10).fill(large), 10), { flows: 100, bytes: 150_000 });
	assert.deepEqual(
		batches.map((batch) => batch.flows.length),
		[3, 3, 3, 1],
	);
});

test("batches of other columns are not joined", async () => {
	const source = (async function* () {
		yield columnsOfFlows([sample!, sample!]);
		yield { ...columnsOfFlows([{ ...sample!, label: "Miner" }]), firstIndex: 2 };
		yield { ...columnsOfFlows([{ ...sample!, label: "Other", vlan: 3 }]), firstIndex: 3 };
	})();
	const batches = await buffered(source, { flows: 100, bytes: NO_BOUND });
	assert.deepEqual(
		batches.map(({ firstIndex, flows }) => [firstIndex, flows.length, flows[0]!.label, flows[0]!.vlan]),
		[
			[0, 2, undefined, undefined],
			[2, 1, "Miner", undefined],
			[3, 1, "Other", 3],
		],
	);
});

test("the source's own records go along", async () => {
	const withRecords = (begin: number, text: string): FlowColumns => ({
		...columnsOfFlows([...text].map(() => sample!)),
		firstIndex: begin,
		records: {
			kind: "unirec",
			template: "uint8 X",
			bytes: Buffer.from(`-${text}`),
			begins: Uint32Array.from(text, (_, i) => i + 1),
			ends: Uint32Array.from(text, (_, i) => i + 2),
		},
	});
	const source = (async function* () {
		yield withRecords(0, "abc");
		yield withRecords(3, "de");
	})();
	const seen: string[] = [];
	for await (const { length, records } of bufferFlows(source, { flows: 4, bytes: NO_BOUND })) {
		const text = (i: number) => Buffer.from(records!.bytes.subarray(records!.begins[i], records!.ends[i])).toString();
		seen.push(Array.from({ length }, (_, i) => text(i)).join(""));
	}
	assert.deepEqual(seen, ["abcd", "e"]);
});

test("on a quiet source a partly filled buffer is flushed, without losing or duplicating flows", async () => {
	const source = (async function* () {
		for (let k = 0; k < 3; k++) {
			yield { ...columnsOfFlows([sample!]), firstIndex: k };
			await wait(60);
		}
	})();
	const batches = await buffered(source, { flows: 100, bytes: NO_BOUND, quietAfter: 5 });
	assert.deepEqual(
		batches.map(({ firstIndex, flows }) => [firstIndex, flows.length]),
		[
			[0, 1],
			[1, 1],
			[2, 1],
		],
	);
});

test("an old buffer is flushed even while flows arrive", async () => {
	const source = (async function* () {
		for (let k = 0; k < 40; k++) {
			yield { ...columnsOfFlows([sample!]), firstIndex: k };
			await wait(2);
		}
	})();
	const batches = await buffered(source, { flows: 1000, bytes: NO_BOUND, quietAfter: 10_000, oldAfter: 10 });
	assert.ok(batches.length > 1);
	assert.equal(batches.flatMap((batch) => batch.flows).length, 40);
});

test("if the source fails, earlier flows are passed on first", async () => {
	const source = (async function* () {
		yield columnsOfFlows([sample!, sample!]);
		throw new Error("cut");
	})();
	let flows = 0;
	await assert.rejects(async () => {
		for await (const batch of bufferFlows(source, { flows: 100, bytes: NO_BOUND })) flows += batch.length;
	}, /cut/);
	assert.equal(flows, 2);
});
