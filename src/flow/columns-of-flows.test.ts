import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { columnsOfFlows } from "./columns-of-flows.ts";
import { type Flow, flowAt } from "./flow.ts";
import { transferablesOf } from "./flow-columns.ts";
import { arbitraryFlow } from "./testing.ts";

test("columns return the flows that went in, extras included", () => {
	fc.assert(
		fc.property(fc.array(arbitraryFlow(), { maxLength: 40 }), fc.boolean(), (flows, labelled) => {
			const given: Flow[] = labelled
				? flows.map((flow, i) => ({ ...flow, label: i % 2 ? "Miner" : "", vlan: i }))
				: flows;
			const columns = columnsOfFlows(given);
			assert.equal(columns.length, given.length);
			given.forEach((flow, i) => {
				assert.deepEqual(flowAt(columns, i), flow);
			});
		}),
	);
});

test("a batch that outgrows its arrays keeps its flows", () => {
	const [flow] = fc.sample(arbitraryFlow(), { seed: 1, numRuns: 1 });
	const flows = Array.from({ length: 5000 }, (_, i) => ({ ...flow!, sourcePort: i }));
	const columns = columnsOfFlows(flows);
	for (const i of [0, 1023, 1024, 4999]) assert.deepEqual(flowAt(columns, i), flows[i]);
});

test("a batch can be handed to another thread without copying", () => {
	const [flow] = fc.sample(arbitraryFlow(), { seed: 2, numRuns: 1 });
	const columns = columnsOfFlows([flow!]);
	const moved = structuredClone(columns, { transfer: transferablesOf(columns) });
	assert.deepEqual(flowAt(moved, 0), flow);
	assert.equal(columns.bytes.length, 0);
});
