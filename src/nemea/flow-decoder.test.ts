import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { flowAt } from "../flow/flow.ts";
import { EXTRA_FIELDS, LABEL_FIELD, METER_FIELDS, type UnirecField } from "../flow/unirec-fields.ts";
import { plainFlow } from "./flow-decoder.oracle.testing.ts";
import { FlowDecoder } from "./flow-decoder.ts";
import { VLAN_FIELD } from "./flow-fields.ts";
import { templateOf } from "./template.ts";
import { arbitraryRecord, batchOf } from "./testing.ts";

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

test("records are decoded in bulk as they are one by one, and the malformed ones are left out and told", () => {
	const batches = templates.chain((template) =>
		fc.tuple(
			fc.constant(template),
			fc.array(arbitraryRecord(template), { maxLength: 20 }),
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
