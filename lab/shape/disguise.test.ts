import assert from "node:assert/strict";
import { test } from "node:test";
import type { Message } from "../conversation.ts";
import { Random } from "../random.ts";
import { junkEvery, paddedByUpTo, paddedTo, recordsOf, splitAt, withJunk } from "./disguise.ts";
import { drawFraming } from "./tls-framing.ts";

const messages: readonly Message[] = Array.from({ length: 20 }, (_, k) => ({
	at: k * 10,
	from: k % 2 === 0 ? ("client" as const) : ("server" as const),
	length: 50 + 31 * k,
}));

test("padding to a block gives records of a few lengths, random padding of many", () => {
	const random = new Random(1);
	const blocks = drawFraming(random, { padding: paddedTo(256) });
	assert.deepEqual(new Set(messages.map(({ length }) => (blocks.sealed(length) - 22) % 256)), new Set([0]));
	const noise = drawFraming(random, { padding: paddedByUpTo(random, 256) });
	const lengths = Array.from({ length: 50 }, () => noise.sealed(100));
	assert.ok(new Set(lengths).size > 30);
	assert.ok(lengths.every((length) => length >= 122 && length <= 122 + 256));
});

test("a split message has the same plaintext in records of the given sizes, in order of time", () => {
	const random = new Random(2);
	const records = recordsOf({ at: 5, length: 1000 }, { recordSize: splitAt(random, 20, 80) }, (length) => length);
	assert.equal(
		records.reduce((sum, { length }) => sum + length, 0),
		1000,
	);
	assert.ok(records.every(({ length }, k) => length <= 80 && (length >= 20 || k === records.length - 1)));
	assert.ok(records.every(({ at }, k) => k === 0 || at > records[k - 1]!.at));
});

test("junk is asked and answered between the other messages, which stay as they are", () => {
	const all = withJunk(messages, { junk: junkEvery(new Random(3), 5) }, 0.1);
	assert.ok(all.every(({ at }, k) => k === 0 || at >= all[k - 1]!.at));
	assert.deepEqual(
		all.filter((message) => messages.includes(message)),
		messages,
	);
	const asked = all.filter((message) => !messages.includes(message) && message.from === "client").length;
	assert.ok(asked > 20 && asked < 60, `${asked} in 190 s`);
});
