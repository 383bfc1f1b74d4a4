import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { FlowColumnsBuilder } from "./columns-builder.ts";
import { type FlowColumns, listAt, transferablesOf } from "./flow-columns.ts";

interface Written {
	readonly address: number;
	readonly bytes: number;
	readonly lengths: readonly number[];
	readonly payload: Uint8Array;
	readonly alpn: Uint8Array;
	readonly vlan: number;
}

const written = fc.record({
	address: fc.nat(255),
	bytes: fc.nat(),
	lengths: fc.array(fc.nat(65535), { maxLength: 30 }),
	payload: fc.uint8Array({ maxLength: 100 }),
	alpn: fc.uint8Array({ maxLength: 8 }),
	vlan: fc.nat(4095),
});
/** Few different flows, repeated often enough that the arrays grow within a batch. */
const batches = fc.array(
	fc.record({ flows: fc.array(written, { maxLength: 12 }), times: fc.constantFrom(1, 3, 300), transfer: fc.boolean() }),
	{ maxLength: 6 },
);

test("a builder continues after its arrays were transferred, with the same columns as without transfer", () => {
	fc.assert(
		fc.property(batches, (steps) => {
			const builder = new FlowColumnsBuilder({ extras: ["alpn"], vlan: true, attributes: ["SOURCE"] });
			let first = 0;
			for (const { flows, times, transfer } of steps) {
				for (let t = 0; t < times; t++) for (const flow of flows) write(builder, flow);
				let columns = builder.columns();
				if (transfer) columns = structuredClone(columns, { transfer: transferablesOf(columns) });
				assert.equal(columns.firstIndex, first);
				assert.equal(columns.length, flows.length * times);
				for (let i = 0; i < columns.length; i++) assertFlow(columns, i, flows[i % flows.length]!);
				first += columns.length;
				builder.clear();
			}
		}),
		{ numRuns: 60 },
	);
});

test("transferred arrays are replaced by arrays of the same size", () => {
	const builder = new FlowColumnsBuilder();
	const flow = {
		address: 1,
		bytes: 2,
		lengths: [1, 2, 3],
		payload: new Uint8Array(90),
		alpn: new Uint8Array(0),
		vlan: 0,
	};
	for (let i = 0; i < 5000; i++) write(builder, flow);
	const columns = builder.columns();
	const sizes = () =>
		[builder.addresses, builder.timeLast, builder.payload.values, builder.payload.offsets].map((a) => a.length);
	const before = sizes();
	structuredClone(columns, { transfer: transferablesOf(columns) });
	assert.deepEqual(sizes(), [0, 0, 0, 0]);
	builder.clear();
	assert.deepEqual(sizes(), before);
});

function write(builder: FlowColumnsBuilder, flow: Written): void {
	const i = builder.length;
	builder.addresses.fill(flow.address, 32 * i, 32 * i + 32);
	builder.bytes[i] = flow.bytes;
	if (builder.vlan) builder.vlan[i] = flow.vlan;
	for (const length of flow.lengths) builder.packetLengths.push(length);
	builder.payload.append(flow.payload);
	builder.extras.alpn?.append(flow.alpn);
	builder.attributes.SOURCE?.append(flow.alpn);
	builder.endFlow();
}

function assertFlow(columns: FlowColumns, i: number, flow: Written): void {
	assert.equal(columns.addresses[32 * i], flow.address);
	assert.equal(columns.addresses[32 * i + 31], flow.address);
	assert.equal(columns.bytes[i], flow.bytes);
	assert.equal(columns.extras.vlan?.[i], flow.vlan);
	assert.deepEqual([...listAt(columns.packetLengths, i)], flow.lengths);
	assert.deepEqual(listAt(columns.payload, i), flow.payload);
	assert.deepEqual(listAt(columns.extras.alpn!, i), flow.alpn);
	assert.deepEqual(listAt(columns.extras.attributes!.SOURCE!, i), flow.alpn);
	assert.equal(listAt(columns.serverName, i).length, 0);
}
