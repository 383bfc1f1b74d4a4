import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { columnsOfFlows } from "../flow/columns-of-flows.ts";
import type { Flow } from "../flow/flow.ts";
import { arbitraryFlow } from "../flow/testing.ts";
import { RHYTHM_FEATURES } from "./rhythm-features.ts";
import { arbitraryShapelyFlow } from "./shapely-flow.testing.ts";

const NAMES = Object.keys(RHYTHM_FEATURES.features);

function rhythmOf(flow: Flow): Record<string, number> {
	const out = new Float64Array(NAMES.length + 2).fill(-7);
	RHYTHM_FEATURES.compute(columnsOfFlows([flow]), 0, out, 1);
	assert.deepEqual([out[0], out.at(-1)], [-7, -7], "nothing is written beside the row");
	return Object.fromEntries(NAMES.map((name, k) => [name, out[k + 1]!]));
}

/** A flow of packets [seconds, signed length]: positive from the client. */
function flowOf(packets: readonly (readonly [number, number])[], more: Partial<Flow> = {}): Flow {
	const [any] = fc.sample(arbitraryShapelyFlow(), { seed: 1, numRuns: 1 });
	return {
		...any!,
		tcpFlags: 0x18,
		tcpFlagsReverse: 0x18,
		packetLengths: packets.map(([, length]) => Math.abs(length)),
		packetDirections: packets.map(([, length]) => Math.sign(length)),
		packetFlags: packets.map(() => 0x18),
		packetTimes: packets.map(([seconds]) => 1e15 + Math.round(seconds * 1e6)),
		...more,
	};
}

const SESSION = flowOf([
	[0, 489],
	[0.18, -418],
	[20, -378],
	[61.5, 184],
	[61.6, -63],
	[72, -378],
	[72.3, 184],
	[72.4, -63],
	[130, 184],
	[130.1, -63],
]);

const OPENED: Flow = { ...SESSION, tcpFlags: 0x1a, tcpFlagsReverse: 0x1a };

/** The record of the same packets by an exporter that took the other end for the source. */
function turned(flow: Flow): Flow {
	return {
		...flow,
		bytes: flow.bytesReverse,
		bytesReverse: flow.bytes,
		packets: flow.packetsReverse,
		packetsReverse: flow.packets,
		tcpFlags: flow.tcpFlagsReverse,
		tcpFlagsReverse: flow.tcpFlags,
		packetDirections: flow.packetDirections.map((direction) => -direction),
	};
}

test("whichever end is the source after a cut, the server is the end that sends last", () => {
	const rhythm = rhythmOf(SESSION);
	assert.equal(rhythm.PUSHES, 2);
	assert.equal(rhythm.SOURCE_IS_CLIENT, 1);
	assert.deepEqual(rhythmOf(turned(SESSION)), { ...rhythm, SOURCE_IS_CLIENT: 0 });
	const jobsAlone = flowOf([
		[0, -378],
		[20, -378],
		[41, -380],
	]);
	assert.equal(rhythmOf(jobsAlone).PUSHES, 3, "nobody answers a job");
	assert.deepEqual(rhythmOf(turned(jobsAlone)), { ...rhythmOf(jobsAlone), SOURCE_IS_CLIENT: 0 });
	const sharesAtOnce = flowOf([
		[0, -254],
		[2, -254],
		[4, -254],
		[4, 190],
		[4.04, -39],
		[6, -254],
	]);
	assert.equal(rhythmOf(sharesAtOnce).PUSHES, 4, "a share found at once seems to answer the job");
	assert.deepEqual(rhythmOf(turned(sharesAtOnce)), { ...rhythmOf(sharesAtOnce), SOURCE_IS_CLIENT: 0 });
	const bothAlike = flowOf([
		[0, -100],
		[10, 20],
	]);
	assert.equal(rhythmOf(bothAlike).CALL_LENGTH, 20, "as many last words each: the client is the end that sends less");
	assert.deepEqual(rhythmOf(turned(bothAlike)), { ...rhythmOf(bothAlike), SOURCE_IS_CLIENT: 0 });
});

test("if the record contains the opening of the connection, the handshake determines the client", () => {
	const answeredPushes = flowOf([
		[0, 40],
		[0.1, -30],
		[10, -100],
		[10.1, 20],
		[30, -100],
		[30.1, 20],
	]);
	assert.equal(rhythmOf(answeredPushes).CALLS, 2, "out of the middle of a connection, the last word is the server's");
	assert.equal(rhythmOf({ ...answeredPushes, tcpFlags: 0x1a, tcpFlagsReverse: 0x1a }).PUSHES, 2);
	const synAckFirst: Flow = { ...turned(OPENED), tcpFlags: 0x1a, tcpFlagsReverse: 0x18 };
	assert.deepEqual(rhythmOf(synAckFirst), { ...rhythmOf(OPENED), SOURCE_IS_CLIENT: 0 });
});

test("a login that opens the connection is separate from the rhythm after it", () => {
	const whole = rhythmOf(OPENED);
	assert.equal(whole.PPI_PACKETS! - whole.STEADY_PACKETS!, 2);
	assert.equal(whole.STARTUP_SENT_BYTES, 489);
	assert.equal(whole.STARTUP_LAST_RECEIVED, 418);
	assert.equal(whole.STEADY_PACKETS, 8);
	const part = rhythmOf(SESSION);
	assert.equal(part.STARTUP_SENT_BYTES, 0, "without a SYN, two small packets are a burst like any other");
	assert.equal(part.STEADY_PACKETS, 10);
});

test("a record that shows no SYN was cut out of the middle; what tells no flags may begin with a handshake", () => {
	const jobAndShares = flowOf([
		[0, -1374],
		[0, 82],
		[0.04, -97],
		[0.36, -1172],
		[0.36, 82],
		[0.43, -97],
		[30.8, -1240],
	]);
	assert.equal(rhythmOf(jobAndShares).STEADY_PACKETS, 7);
	assert.equal(rhythmOf({ ...jobAndShares, tcpFlags: 0, tcpFlagsReverse: 0 }).STEADY_PACKETS, 1);
});

test("the start-up lasts until the server has answered, even after seconds", () => {
	const waiting = (seconds: number) =>
		flowOf(
			[
				[0, 80],
				[seconds, -1448],
				[seconds, 82],
				[seconds + 0.1, -70],
				[seconds + 13, -1402],
			],
			{ tcpFlags: 0x1a, tcpFlagsReverse: 0x1a },
		);
	for (const seconds of [0.2, 5, 14.9]) {
		const rhythm = rhythmOf(waiting(seconds));
		assert.equal(rhythm.STEADY_PACKETS, 1, `${seconds} s`);
		assert.equal(rhythm.BURSTS, 1);
		assert.equal(rhythm.JOBS, 1);
		assert.equal(rhythm.STARTUP_LAST_SENT, 82);
	}
	assert.equal(rhythmOf(waiting(15.1)).STEADY_PACKETS, 4, "a long poll is no log-in");
	const pushedSoon = flowOf([
		[0, 80],
		[0.1, -70],
		[2, -254],
	]);
	assert.equal(
		rhythmOf({ ...pushedSoon, tcpFlags: 0x1a, tcpFlagsReverse: 0x1a }).JOBS,
		1,
		"what was answered waits not",
	);
	const speaksAgain = flowOf([
		[0, 80],
		[5, 80],
		[5.1, -70],
	]);
	assert.equal(rhythmOf({ ...speaksAgain, tcpFlags: 0x1a, tcpFlagsReverse: 0x1a }).STEADY_PACKETS, 2);
});

test("jobs are pushes without answers, shares are calls with short replies of one length", () => {
	const rhythm = rhythmOf(OPENED);
	assert.equal(rhythm.BURSTS, 4);
	assert.equal(rhythm.PUSHES, 2);
	assert.equal(rhythm.PUSH_LENGTH, 378);
	assert.equal(rhythm.PUSH_MODE_SHARE, 1);
	assert.equal(rhythm.PUSH_UNANSWERED, 0.5, "a share followed the second job within half a second");
	assert.equal(rhythm.CALLS, 2);
	assert.equal(rhythm.CALL_UNANSWERED, 0);
	assert.equal(rhythm.REPLIES, 3);
	assert.equal(rhythm.REPLY_SHARE, 1);
	assert.equal(rhythm.REPLY_LENGTH, 63);
	assert.equal(rhythm.REPLY_SHORTER, 1);
	assert.equal(rhythm.REPLY_SURPLUS, 121);
	assert.equal(rhythm.PUSH_OVER_REPLY, 6);
	assert.equal(rhythm.PUSH_MINUS_CALL, 194);
	assert.ok(Math.abs(rhythm.SILENCE_MEDIAN! - (19.82 + 41.5) / 2) < 1e-6, "of 10.4, 19.82, 41.5 and 57.6 seconds");
	assert.equal(rhythm.SENT_KINDS, 1);
	assert.equal(rhythm.RECEIVED_KINDS, 2);
	assert.equal(rhythm.RECEIVED_MODE_SHARE, 0.6);
	assert.equal(rhythm.RECEIVED_TWO_MODES_SHARE, 1);
});

test("differences of lengths do not change under a constant overhead", () => {
	const sealed: Flow = { ...SESSION, packetLengths: SESSION.packetLengths.map((length) => length + 22) };
	const [open, closed] = [rhythmOf(SESSION), rhythmOf(sealed)];
	for (const name of ["REPLY_SURPLUS", "PUSH_MINUS_REPLY", "PUSH_MINUS_CALL", "PUSH_MODE_SHARE", "SENT_KINDS"])
		assert.equal(closed[name], open[name], name);
});

test("ports, addresses, the date and payload have no influence", () => {
	fc.assert(
		fc.property(arbitraryFlow(), fc.nat(2 ** 40), fc.nat(65535), (flow, later, port) => {
			const moved: Flow = {
				...flow,
				sourceAddress: "192.0.2.1",
				sourcePort: port,
				destinationPort: port,
				payload: new Uint8Array(3),
				serverName: "example.org",
				timeFirst: flow.timeFirst + later,
				timeLast: flow.timeLast + later,
				packetTimes: flow.packetTimes.map((time) => time + later),
			};
			assert.deepEqual(rhythmOf(moved), rhythmOf(flow));
		}),
	);
});

test("hostile lists with differing lengths and decreasing times yield finite numbers", () => {
	fc.assert(
		fc.property(arbitraryFlow(), (flow) => {
			for (const [name, value] of Object.entries(rhythmOf(flow))) assert.ok(Number.isFinite(value), name);
		}),
	);
	const empty = rhythmOf(flowOf([]));
	assert.equal(empty.PPI_PACKETS, 0);
	assert.ok(Object.values(empty).every(Number.isFinite));
	const columns = columnsOfFlows([
		flowOf([
			[0, 5],
			[Number.NaN, 6],
			[Infinity, -7],
		]),
	]);
	const out = new Float64Array(NAMES.length);
	RHYTHM_FEATURES.compute(columns, 0, out, 0);
	assert.ok(out.every(Number.isFinite));
});

test("features of a flow do not depend on the flow before it", () => {
	fc.assert(
		fc.property(arbitraryFlow(), arbitraryFlow(), (first, second) => {
			const alone = rhythmOf(second);
			rhythmOf(first);
			assert.deepEqual(rhythmOf(second), alone);
		}),
	);
});

test("a start-up without a silence is ended by its length: behind a busy proxy there is always a share", () => {
	const busy = Array.from({ length: 30 }, (_, k) => [k * 0.2, k % 2 === 0 ? 184 : -63] as const);
	const rhythm = rhythmOf(flowOf(busy, { tcpFlags: 0x1a, tcpFlagsReverse: 0x1a }));
	assert.equal(rhythm.STEADY_PACKETS, 18);
	assert.equal(rhythm.BURSTS, 1);
	assert.equal(rhythm.REPLIES, 9);
});
