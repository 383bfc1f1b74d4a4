import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../random.ts";
import { drawPath } from "./path.ts";
import { packetsOf, type SeenPacket } from "./transport.ts";

/** The packets of a length that was sent at least three times. */
function repeated(packets: readonly SeenPacket[]): readonly SeenPacket[] {
	const byLength = Map.groupBy(
		packets.filter(({ length }) => length > 1),
		({ length }) => length,
	);
	return [...byLength.values()].find((alike) => alike.length > 2) ?? [];
}

test("some observation points miss a few packets, some sample them, few see all twice", () => {
	const messages = Array.from({ length: 100 }, (_, i) => ({
		at: 2 * i,
		from: i % 2 === 0 ? ("client" as const) : ("server" as const),
		length: 200 + i,
	}));
	const sent = messages.reduce((sum, { length }) => sum + length, 0);
	let missing = 0;
	let gone = 0;
	let sampled = 0;
	let doubled = 0;
	for (let seed = 1; seed <= 300; seed++) {
		const random = new Random(seed);
		const packets = packetsOf(messages, { ...drawPath(random), loss: 0 }, random);
		// Of a client that is gone most is missing, wherever the observation point is.
		if (repeated(packets).length > 0) {
			gone++;
			continue;
		}
		// A single byte is a keep-alive's.
		const seen = packets.reduce((sum, { length }) => sum + (length > 1 ? length : 0), 0);
		if (seen === 2 * sent) {
			doubled++;
			continue;
		}
		assert.ok(seen <= sent, `seed ${seed}: ${seen} of ${sent} bytes`);
		if (seen < 0.6 * sent) sampled++;
		else if (seen < sent) missing++;
	}
	assert.ok(missing > 40 && missing < 90, `${missing} of 300 miss some`);
	assert.ok(gone > 3 && gone < 40, `${gone} of 300 clients are gone before the end`);
	assert.ok(sampled > 5 && sampled < 35, `${sampled} of 300 are sampled`);
	assert.ok(doubled > 0 && doubled < 15, `${doubled} of 300 are seen twice`);
});

test("a client that disappeared sends nothing more, and receives the next message repeatedly at growing intervals", () => {
	const messages = Array.from({ length: 100 }, (_, i) => ({ at: 5 * i, from: "server" as const, length: 200 + i }));
	let longest = 0;
	for (let seed = 1; seed <= 300; seed++) {
		const random = new Random(seed);
		const packets = packetsOf(messages, { ...drawPath(random), loss: 0 }, random);
		const again = repeated(packets).map(({ at }) => at);
		if (again.length === 0) continue;
		const waits = again.slice(1).map((at, k) => at - again[k]!);
		assert.deepEqual(
			waits,
			waits.toSorted((a, b) => a - b),
			`seed ${seed}`,
		);
		assert.ok(waits[0]! > 0.15 && waits.at(-1)! > 1.2 * waits[0]!, `seed ${seed}: ${waits}`);
		assert.ok(
			packets.every(({ at, fromServer }) => at <= again[0]! || fromServer),
			`seed ${seed}: the client is heard again`,
		);
		longest = Math.max(longest, waits.at(-1)!);
	}
	assert.ok(longest > 20 && longest < 320, `at most ${longest} s between two`);
});

test("a few observation points see nothing for seconds at a time", () => {
	const messages = Array.from({ length: 200 }, (_, i) => ({ at: i / 2, from: "server" as const, length: 200 + i }));
	const sent = messages.reduce((sum, { length }) => sum + length, 0);
	let blind = 0;
	for (let seed = 1; seed <= 300; seed++) {
		const random = new Random(seed);
		const packets = packetsOf(messages, { ...drawPath(random), loss: 0 }, random);
		if (repeated(packets).length > 0) continue;
		const times = packets.filter(({ length }) => length > 1).map(({ at }) => at);
		const longest = Math.max(...times.slice(1).map((at, k) => at - times[k]!));
		// What an end wrote while nothing got through is seen later; what nobody saw is seen never.
		const seen = packets.reduce((sum, { length }) => sum + (length > 1 ? length : 0), 0);
		if (longest > 3 && sent - seen > 2 * 3 * 200) blind++;
	}
	assert.ok(blind > 8 && blind < 40, `${blind} of 300 are blind for more than three seconds`);
});

test("a few servers need seconds for their first answer, and later messages are delayed as well", () => {
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
