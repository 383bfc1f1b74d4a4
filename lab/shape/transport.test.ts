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

test("a few servers take seconds for their first answer, and what comes after it comes later, too", () => {
	const messages = [
		{ at: 0, from: "client" as const, length: 80 },
		{ at: 0.02, from: "server" as const, length: 1400 },
		{ at: 0.03, from: "client" as const, length: 82 },
		{ at: 600, from: "server" as const, length: 1400 },
	];
	let late = 0;
	for (let seed = 1; seed <= 300; seed++) {
		const random = new Random(seed);
		const packets = packetsOf(messages, { ...drawPath(random), roundTrip: 0.02, loss: 0 }, random);
		const asked = packets.find(({ length }) => length === 80);
		const askedAgain = packets.find(({ length }) => length === 82);
		if (asked && askedAgain && askedAgain.at - asked.at > 0.5) late++;
	}
	assert.ok(late > 4 && late < 35, `${late} of 300 are late`);
});
