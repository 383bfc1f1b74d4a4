import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { TextMemory } from "./text-memory.ts";

test("the result for bytes equals the value made of their text, for any number of slots", () => {
	const memory = new TextMemory(4, (text) => `<${text}>`);
	const texts = fc.array(fc.oneof(fc.constantFrom("", "id", "di", "method", "\xff"), fc.string({ maxLength: 4 })));
	fc.assert(
		fc.property(texts, (list) => {
			for (const text of list) {
				const bytes = Buffer.from(`.${text}.`, "latin1");
				assert.equal(memory.of(bytes, 1, bytes.length - 1), `<${bytes.toString("latin1", 1, bytes.length - 1)}>`);
			}
		}),
	);
});

test("a repeated text is not processed again", () => {
	let made = 0;
	const memory = new TextMemory(64, () => ++made);
	for (let k = 0; k < 5; k++) assert.equal(memory.of(Buffer.from("xx"), 0, 2), 1);
});
