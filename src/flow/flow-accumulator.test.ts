import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { columnsOfFlows } from "./columns-of-flows.ts";
import { LIST_NAMES, type ListColumnName, SCALAR_NAMES } from "./columns-schema.ts";
import { FlowAccumulator, flowBytes } from "./flow-accumulator.ts";
import { FLOW_PART, type FlowColumns, listAt } from "./flow-columns.ts";
import { arbitraryFlow } from "./testing.ts";

/** A batch with every optional column that is not text. */
function batchWithExtras(seed: number): FlowColumns {
	const flows = columnsOfFlows(fc.sample(arbitraryFlow(), { seed, numRuns: 40 }));
	const { length } = flows;
	const offsets = Uint32Array.from({ length: length + 1 }, (_, i) => 2 * i);
	return {
		...flows,
		extras: {
			...flows.extras,
			flowId: Float64Array.from({ length }, (_, i) => seed * 1000 + i),
			part: Uint8Array.from({ length }, (_, i) => (i % 2 ? FLOW_PART.EARLY : FLOW_PART.WHOLE)),
			pushTimes: { values: Float64Array.from({ length: 2 * length }, (_, k) => 1e15 + k), offsets },
		},
	};
}

test("flows of several batches follow one another, optional columns included", () => {
	const batches = [batchWithExtras(1), batchWithExtras(2)];
	const accumulator = new FlowAccumulator(batches[0]!, 0);
	for (const batch of batches) {
		assert.ok(accumulator.fits(batch));
		accumulator.append(batch, 5, batch.length);
	}
	const all = accumulator.columns();
	let at = 0;
	for (const batch of batches) {
		for (let i = 5; i < batch.length; i++, at++) {
			for (const name of SCALAR_NAMES) assert.equal(all[name][at], batch[name][i], name);
			for (const name of LIST_NAMES) assert.deepEqual(listOf(all, name, at), listOf(batch, name, i), name);
			const { flowId, part, pushTimes } = all.extras;
			assert.equal(flowId![at], batch.extras.flowId![i]);
			assert.equal(part![at], batch.extras.part![i]);
			assert.deepEqual(listAt(pushTimes!, at), listAt(batch.extras.pushTimes!, i));
		}
	}
	assert.equal(all.length, at);
	const { pushTimes: _, ...extras } = all.extras;
	assert.equal(flowBytes(all, 0) - flowBytes({ ...all, extras }, 0), 16, "two times of 8 bytes");
});

test("a batch without a column that others have does not fit", () => {
	const batch = batchWithExtras(1);
	const { flowId: _, ...extras } = batch.extras;
	assert.equal(new FlowAccumulator(batch, 0).fits({ ...batch, extras }), false);
});

function listOf(flows: FlowColumns, name: ListColumnName, i: number): number[] {
	const { values, offsets } = flows[name];
	return [...values.subarray(offsets[i]!, offsets[i + 1]!)];
}
