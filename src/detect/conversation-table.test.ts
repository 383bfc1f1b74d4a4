import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { FLOW_KEY_LENGTH } from "../flow/flow-key.ts";
import { ConversationTable } from "./conversation-table.ts";

function keyOf(number: number): Uint8Array {
	const key = new Uint8Array(FLOW_KEY_LENGTH);
	new DataView(key.buffer).setUint32(FLOW_KEY_LENGTH - 4, number);
	return key;
}

test("the table behaves like a map that drops its oldest entry", () => {
	const step = fc.record({ put: fc.boolean(), key: fc.nat(40), value: fc.integer() });
	fc.assert(
		fc.property(fc.integer({ min: 1, max: 30 }), fc.array(step, { maxLength: 300 }), (capacity, steps) => {
			const table = new ConversationTable(capacity, 2);
			const model = new Map<number, number>();
			for (const { put, key, value } of steps) {
				const slot = put ? table.put(keyOf(key)) : table.find(keyOf(key));
				const known = model.get(key);
				assert.equal(slot >= 0, put || known !== undefined);
				if (slot >= 0) assert.equal(table.values[2 * slot], known ?? 0);
				if (!put) continue;
				model.delete(key);
				model.set(key, value);
				table.values[2 * slot] = value;
				if (model.size > capacity) model.delete(model.keys().next().value!);
				assert.equal(table.size, model.size);
			}
		}),
	);
});

test("it grows up to its bound and no further", () => {
	const table = new ConversationTable(5000, 1);
	for (let i = 0; i < 20_000; i++) table.values[table.put(keyOf(i))] = i;
	assert.equal(table.size, 5000);
	for (let i = 0; i < 20_000; i++) assert.equal(table.find(keyOf(i)) >= 0, i >= 15_000);
	for (let i = 15_000; i < 20_000; i++) assert.equal(table.values[table.find(keyOf(i))], i);
});
