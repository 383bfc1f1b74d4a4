import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Slots } from "./slots.ts";

class Thing {
	content = "";
	clear(): void {
		this.content = "";
	}
}

describe("slots", () => {
	it("lend empty objects, and find them by their handle until they are returned", () => {
		const slots = new Slots(3, () => new Thing());
		const handle = slots.lend();
		slots.get(handle)!.content = "mine";
		assert.equal(slots.get(handle)?.content, "mine");
		slots.giveBack(handle);
		assert.equal(slots.get(handle), undefined);
		for (let i = 0; i < 3; i++) assert.equal(slots.get(slots.lend())?.content, "");
		assert.equal(slots.evicted, 0);
	});

	it("create no more objects than slots, and end the oldest loan for a new one", () => {
		let made = 0;
		const slots = new Slots(2, () => {
			made++;
			return new Thing();
		});
		const handles = Array.from({ length: 5 }, () => slots.lend());
		assert.equal(made, 2);
		assert.equal(slots.evicted, 3);
		assert.deepEqual(
			handles.map((handle) => slots.get(handle) !== undefined),
			[false, false, false, true, true],
		);
		slots.giveBack(handles[0]!);
		assert.ok(slots.get(handles[4]!));
	});

	it("never use the handle 0, which means none", () => {
		const slots = new Slots(2, () => new Thing());
		assert.equal(slots.get(0), undefined);
		slots.giveBack(0);
	});
});
