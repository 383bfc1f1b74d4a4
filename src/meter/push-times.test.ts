import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { DecodedPacket } from "../capture/decoded-packet.ts";
import { listAt } from "../flow/flow-columns.ts";
import { Meter, type MeterOptions } from "./meter.ts";
import { MOST_PUSHES } from "./push-times.ts";

const BEGIN = 1_700_000_000e6;

interface Sent {
	/** µs after the first packet. */
	readonly at: number;
	readonly fromServer: boolean;
	readonly length: number;
	readonly flags?: number;
	readonly client?: number;
}

function packetOf({ fromServer, length, flags = 0x18, client = 1 }: Sent): DecodedPacket {
	const ends = fromServer
		? { source0: 9, destination0: client, sourcePort: 3333, destinationPort: 40_000 }
		: { source0: client, destination0: 9, sourcePort: 40_000, destinationPort: 3333 };
	return Object.assign(new DecodedPacket(), {
		version: 4,
		protocol: 6,
		tcpFlags: flags,
		payloadLength: length,
		...ends,
	});
}

/** The push times of every record, in seconds after the first packet. */
function pushesOf(sent: readonly Sent[], options: MeterOptions = {}): number[][] {
	const meter = new Meter({ pushTimes: true, maximumFlows: 500, ...options });
	for (const one of sent) meter.add(packetOf(one), new Uint8Array(0), BEGIN + one.at);
	while (meter.drain(100));
	const flows = meter.flows.columns();
	return Array.from({ length: flows.length }, (_, i) =>
		Array.from(listAt(flows.extras.pushTimes!, i), (time) => (time - BEGIN) / 1e6),
	);
}

const client = (seconds: number, more: Partial<Sent> = {}): Sent => ({
	at: seconds * 1e6,
	fromServer: false,
	length: 50,
	...more,
});
const server = (seconds: number, more: Partial<Sent> = {}): Sent => ({ ...client(seconds, more), fromServer: true });

/** The definition, implemented directly. A connection begins as if its client had just sent a request. */
function definedPushes(sent: readonly Sent[]): number[] {
	let asked = 0;
	const pushes: number[] = [];
	for (const { at, fromServer, length } of sent) {
		if (length === 0) continue;
		if (!fromServer) asked = at;
		else if (at - asked >= 2e6 && at - (pushes.at(-1) ?? -Infinity) >= 1e6) pushes.push(at);
	}
	return pushes.slice(-MOST_PUSHES).map((at) => at / 1e6);
}

describe("push times", () => {
	test("are payload of the server at least 2 s after the client's, and 1 s after the push before", () => {
		const sent = [client(0), server(1), server(2), server(2.9), server(3), client(10), server(11.999), server(12)];
		assert.deepEqual(pushesOf(sent), [[2, 3, 12]]);
	});

	test("do not depend on packets without payload, nor on the end that begins a record", () => {
		const sent = [
			client(0, { flags: 2, length: 0 }),
			client(1),
			client(2.5, { length: 0 }),
			server(3),
			client(3, { length: 0 }),
		];
		assert.deepEqual(pushesOf(sent), [[3]]);
		assert.deepEqual(pushesOf([server(0), client(1), server(4), client(5), server(6)]), [[4]]);
	});

	test("are those of the end that received the SYN, whatever its port", () => {
		const turned = [
			server(0, { flags: 2, length: 0 }),
			client(0.1, { flags: 0x12, length: 0 }),
			server(1),
			client(4),
			server(4.5),
			client(7),
		];
		assert.deepEqual(pushesOf(turned), [[4, 7]]);
	});

	test("continue across the slices of a connection, and across a silence of TCP", () => {
		const sent = [client(0), ...Array.from({ length: 12 }, (_, i) => server(10 + 50 * i))];
		const records = pushesOf(sent, { activeTimeout: 300 });
		assert.equal(records.length, 2);
		assert.deepEqual(records.at(-1), definedPushes(sent));
		const silent = [client(0), server(10), server(200), server(400)];
		assert.deepEqual(pushesOf(silent), [[10], [10, 200], [10, 200, 400]]);
	});

	test("restart with a new connection of the same ends", () => {
		const sent = [client(0), server(10), server(200, { flags: 0x12, length: 0 }), client(201), server(210)];
		assert.deepEqual(pushesOf(sent), [[10], [210]]);
	});

	test("are the newest by the definition, for any traffic", () => {
		const one = fc.record({
			silence: fc.oneof(fc.nat(1200), fc.nat(4000), fc.constantFrom(1000, 2000, 999, 1999, 70_000)),
			fromServer: fc.boolean(),
			length: fc.constantFrom(0, 1, 500),
		});
		fc.assert(
			fc.property(fc.array(one, { minLength: 1, maxLength: 400 }), (steps) => {
				let at = 0;
				const sent: Sent[] = [client(0)];
				for (const { silence, fromServer, length } of steps) {
					at += silence * 1000;
					sent.push({ at, fromServer, length });
				}
				const once = { activeTimeout: 1e6, inactiveTimeout: 1e6 };
				assert.deepEqual(pushesOf(sent, once), [definedPushes(sent)]);
			}),
			{ numRuns: 200, seed: 11 },
		);
	});

	test("use bounded memory: ended and waiting connections release their rings, and pushes without a ring are skipped", () => {
		const meter = new Meter({ pushTimes: true, maximumFlows: 300, activeTimeout: 60, live: true });
		for (let round = 0; round < 20; round++) {
			for (let host = 1; host <= 200; host++) {
				const sent = { client: round * 200 + host };
				for (const one of [client(round * 70, sent), server(round * 70 + 5, sent)])
					meter.add(packetOf(one), new Uint8Array(0), BEGIN + one.at);
			}
			meter.tick(BEGIN + round * 70e6 + 69e6);
		}
		while (meter.drain(100));
		const flows = meter.flows.columns();
		const found = Array.from({ length: flows.length }, (_, i) => listAt(flows.extras.pushTimes!, i).length);
		assert.ok(found.slice(-200).filter((count) => count === 1).length >= 60);
		assert.ok(found.every((count) => count <= 1));
	});
});
