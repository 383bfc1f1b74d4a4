import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../random.ts";
import { drawPath } from "./path.ts";
import { packetsOf } from "./transport.ts";

test("some observation points miss packets, and then a few of them; nobody sees more than was sent", () => {
	const messages = Array.from({ length: 100 }, (_, i) => ({
		at: 2 * i,
		from: i % 2 === 0 ? ("client" as const) : ("server" as const),
		length: 200 + i,
	}));
	const sent = messages.reduce((sum, { length }) => sum + length, 0);
	let missing = 0;
	for (let seed = 1; seed <= 300; seed++) {
		const random = new Random(seed);
		const packets = packetsOf(messages, { ...drawPath(random), loss: 0 }, random);
		// A single byte is a keep-alive's.
		const seen = packets.reduce((sum, { length }) => sum + (length > 1 ? length : 0), 0);
		assert.ok(seen <= sent && seen > 0.7 * sent, `seed ${seed}: ${seen} of ${sent} bytes`);
		if (seen < sent) missing++;
	}
	assert.ok(missing > 15 && missing < 75, `${missing} of 300 miss some`);
});
