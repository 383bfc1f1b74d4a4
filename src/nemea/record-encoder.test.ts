import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { columnsOfFlows } from "../flow/columns-of-flows.ts";
import { flowAt } from "../flow/flow.ts";
import { arbitraryFlow } from "../flow/testing.ts";
import { LABEL_FIELD, METER_FIELDS, type UnirecField } from "../flow/unirec-fields.ts";
import { FlowDecoder } from "./flow-decoder.ts";
import { RecordEncoder } from "./record-encoder.ts";
import { type Template, templateOf } from "./template.ts";
import { arbitraryRecord, batchOf } from "./testing.ts";

const METER = templateOf(METER_FIELDS);

/** The fields in any order, some others strewn in. */
function arbitraryTemplate() {
	const others: UnirecField[] = [
		{ type: "macaddr", name: "SRC_MAC" },
		{ type: "double", name: "DBL" },
		{ type: "uint32*", name: "SOME" },
		{ type: "ipaddr*", name: "IPARR" },
		{ type: "char", name: "C" },
	];
	return fc
		.subarray(others)
		.chain((some) => fc.shuffledSubarray([...METER_FIELDS, ...some], { minLength: METER_FIELDS.length + some.length }))
		.map(templateOf);
}

test("a flow survives being encoded and decoded, whatever the order of the fields and whatever else there is", () => {
	fc.assert(
		fc.property(fc.array(arbitraryFlow(), { maxLength: 5 }), arbitraryTemplate(), (flows, template) => {
			const columns = columnsOfFlows(flows);
			const encoder = new RecordEncoder(template);
			const decoder = new FlowDecoder(template);
			const records = flows.map((_, i) => {
				assert.ok(encoder.encode(columns, i));
				return encoder.bytes.slice(0, encoder.length);
			});
			decoder.append(batchOf(template, records), assert.fail);
			const decoded = decoder.builder.columns();
			assert.equal(decoded.length, flows.length);
			for (let i = 0; i < flows.length; i++) assert.deepEqual(flowAt(decoded, i), flowAt(columns, i));
		}),
	);
});

test("a record's own bytes go to another template unchanged, integers above 2^53 and fractions of a microsecond included", () => {
	const source = new RecordEncoder(METER);
	assert.ok(source.encode(columnsOfFlows([{ ...fc.sample(arbitraryFlow(), { numRuns: 1, seed: 4 })[0]! }]), 0));
	const record = source.bytes.slice(0, source.length);
	const view = new DataView(record.buffer);
	view.setBigUint64(METER.byName.get("BYTES")!.offset, 0xfedcba9876543211n, true);
	view.setBigUint64(METER.byName.get("TIME_FIRST")!.offset, 0x0123456789abcdefn, true);
	const decoder = new FlowDecoder(METER);
	const { bytes, begins, ends, ...batch } = batchOf(METER, [record]);
	decoder.append({ ...batch, bytes, begins, ends }, assert.fail);
	const flows = decoder.builder.columns({ kind: "unirec", template: METER.text, bytes, begins, ends });
	const isMiner: UnirecField = { type: "uint8", name: "IS_MINER" };
	const other = templateOf([...METER_FIELDS, isMiner, LABEL_FIELD].reverse());
	const there = new RecordEncoder(other, { IS_MINER: () => 1 });
	assert.ok(there.encode(flows, 0));
	const outView = new DataView(there.bytes.buffer);
	assert.equal(outView.getBigUint64(other.byName.get("BYTES")!.offset, true), 0xfedcba9876543211n);
	assert.equal(outView.getUint8(other.byName.get("IS_MINER")!.offset), 1);
	const back = new RecordEncoder(METER);
	const copied = { kind: "unirec", template: other.text, bytes: there.bytes, begins: Uint32Array.of(0) } as const;
	assert.ok(back.encode({ ...flows, records: { ...copied, ends: Uint32Array.of(there.length) } }, 0));
	assert.deepEqual(back.bytes.slice(0, back.length), record);
});

/** The fields that both templates have, one by one; the others zero or empty. Undefined where one lies outside. */
function copiedPlainly(from: Template, record: Uint8Array, to: Template): Uint8Array | undefined {
	const view = new DataView(record.buffer, record.byteOffset, record.byteLength);
	const fixed = new Uint8Array(to.fixedLength);
	const slots = new DataView(fixed.buffer);
	const lists: Uint8Array[] = [];
	let length = 0;
	for (const { name, type, dynamic, offset, size } of to.fields) {
		const source = from.byName.get(name);
		if (source?.type !== type) continue;
		if (!dynamic) {
			fixed.set(record.subarray(source.offset, source.offset + size), offset);
			continue;
		}
		const begin = from.fixedLength + view.getUint16(source.offset, true);
		const count = view.getUint16(source.offset + 2, true);
		if (count > 0 && begin + count > record.length) return undefined;
		slots.setUint16(offset, length, true);
		slots.setUint16(offset + 2, count, true);
		lists.push(record.subarray(begin, begin + count));
		length += count;
	}
	return Uint8Array.from(Buffer.concat([fixed, ...lists]));
}

test("what stands together in the source's record is copied together, and it comes to the same", () => {
	const others: UnirecField[] = [
		{ type: "macaddr", name: "SRC_MAC" },
		{ type: "uint32*", name: "SOME" },
		{ type: "bytes", name: "JUST_BYTES" },
	];
	const pairs = fc
		.tuple(fc.subarray([...METER_FIELDS, ...others], { minLength: 1 }), fc.subarray(others))
		.chain(([from, more]) => {
			const to = fc.subarray(from, { minLength: 1 });
			const names = new Set(from.map(({ name }) => name));
			const fields = to.map((some) => [...some, ...more.filter(({ name }) => !names.has(name))]);
			const source = templateOf(from);
			const records = fc.array(arbitraryRecord(source), { minLength: 1, maxLength: 8 });
			return fc.tuple(fc.constant(source), records, fields.map(templateOf));
		});
	fc.assert(
		fc.property(pairs, ([from, records, to]) => {
			const whole = records.filter(({ length }) => length >= from.fixedLength);
			const { bytes, begins, ends } = batchOf(from, whole);
			const flows = {
				...columnsOfFlows([]),
				records: { kind: "unirec", template: from.text, bytes, begins, ends } as const,
			};
			const encoder = new RecordEncoder(to);
			whole.forEach((record, i) => {
				const expected = copiedPlainly(from, record, to);
				assert.equal(encoder.encode(flows, i), expected !== undefined);
				if (expected) assert.deepEqual(encoder.bytes.slice(0, encoder.length), expected);
			});
		}),
		{ numRuns: 500 },
	);
});

test("a record that would be longer than 65,535 bytes is not made", () => {
	const flow = fc.sample(arbitraryFlow(), { numRuns: 1, seed: 1 })[0]!;
	const flows = columnsOfFlows([{ ...flow, payload: new Uint8Array(40_000), payloadReverse: new Uint8Array(40_000) }]);
	assert.equal(new RecordEncoder(METER).encode(flows, 0), false);
});

test("a column does not go to a field of another type", () => {
	assert.throws(() => new RecordEncoder(templateOf([{ type: "uint32", name: "BYTES" }])), /BYTES is written as uint64/);
});
