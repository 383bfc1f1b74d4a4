import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { flowAt } from "../flow/flow.ts";
import { EXTRA_FIELDS, LABEL_FIELD, METER_FIELDS, type UnirecField } from "../flow/unirec-fields.ts";
import { FlowDecoder } from "./flow-decoder.ts";
import { VLAN_FIELD } from "./flow-fields.ts";
import { plainFlow } from "./plain-flow.ts";
import { type Template, templateOf } from "./template.ts";
import { batchOf } from "./testing.ts";

const RAW_JA3: UnirecField = { type: "bytes", name: EXTRA_FIELDS.ja3.name };
const OTHERS: readonly UnirecField[] = [
	...Object.values(EXTRA_FIELDS).filter(({ name }) => name !== RAW_JA3.name),
	LABEL_FIELD,
	VLAN_FIELD,
	{ type: "macaddr", name: "SRC_MAC" },
	{ type: "uint32*", name: "SOME" },
];

const templates = fc
	.tuple(fc.subarray([...OTHERS]), fc.constantFrom([], [RAW_JA3], [EXTRA_FIELDS.ja3]))
	.map(([others, ja3]) => templateOf([...METER_FIELDS, ...others, ...ja3]));

/** Any bytes in the fixed part; slots that mostly lie inside; lengths that are or are not multiples of what they hold. */
function recordOf(template: Template) {
	const slot = fc.record({
		length: fc.oneof(fc.constant(0), fc.constant(16), fc.nat(40), fc.nat(130)),
		offset: fc.oneof(fc.constant(0), fc.nat(40), fc.nat(0xffff)),
		isWild: fc.nat(60).map((n) => n === 0),
	});
	const dynamic = template.fields.filter((field) => field.dynamic);
	return fc
		.record({
			bytes: fc.uint8Array({ minLength: template.fixedLength, maxLength: template.fixedLength + 200 }),
			slots: fc.array(slot, { minLength: dynamic.length, maxLength: dynamic.length }),
			cut: fc.nat(40),
		})
		.map(({ bytes, slots, cut }) => {
			const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
			const available = bytes.length - template.fixedLength;
			dynamic.forEach((field, k) => {
				const { length, offset, isWild } = slots[k]!;
				const inside = Math.min(length, available);
				view.setUint16(field.offset, isWild || inside === 0 ? offset : offset % (available - inside + 1), true);
				view.setUint16(field.offset + 2, isWild ? length : inside, true);
			});
			return cut === 0 ? bytes.slice(0, template.fixedLength - 1) : bytes;
		});
}

test("records are decoded in bulk as they are one by one, and the malformed ones are left out and told", () => {
	const batches = templates.chain((template) =>
		fc.tuple(
			fc.constant(template),
			fc.array(recordOf(template), { maxLength: 20 }),
			fc.constantFrom(1, 1, 20),
			fc.boolean(),
		),
	);
	fc.assert(
		fc.property(batches, ([template, different, times, hasRoom]) => {
			const records = Array.from({ length: times }, () => different).flat();
			const expected = records.map((record) => plainFlow(template, record));
			const flows = expected.filter((flow) => flow !== undefined);
			const decoder = new FlowDecoder(template);
			const batch = batchOf(template, records, hasRoom ? 64 : 0);
			let refused = 0;
			decoder.append(batch, () => refused++);
			const columns = decoder.builder.columns();
			assert.equal(columns.length, flows.length);
			assert.equal(refused, records.length - flows.length);
			const taken = records.filter((_, k) => expected[k] !== undefined);
			for (let i = 0; i < columns.length; i++) {
				assert.deepEqual(flowAt(columns, i), flows[i]);
				assert.deepEqual(batch.bytes.slice(batch.begins[i], batch.ends[i]), taken[i]);
			}
		}),
		{ numRuns: 300 },
	);
});
