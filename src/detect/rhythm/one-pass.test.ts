import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Flow } from "../../flow/flow.ts";
import { arbitraryShapelyFlow } from "../shapely-flow.testing.ts";
import { BURSTS } from "./bursts.ts";
import { EXCHANGES } from "./exchanges.ts";
import { featuresOf, trainOf } from "./packet-train.testing.ts";
import { type PacketTrain, SILENCE_SECONDS } from "./packet-train.ts";
import type { RhythmPart } from "./rhythm-part.ts";
import { Sample } from "./sample.ts";
import { STARTUP } from "./startup.ts";

// What the parts find in one pass without a branch, found again the plain way: burst by burst, call by call.

/** Packets close together and far apart, of lengths that come again. */
const packet = fc.record({
	length: fc.oneof(fc.constantFrom(0, 40, 63, 184, 186, 378, 1460), fc.integer({ min: 1, max: 1500 })),
	direction: fc.constantFrom(1, -1),
	wait: fc.oneof(fc.constantFrom(0, 1000, 500_000, 500_001), fc.nat(3_000_000)),
});

const flow: fc.Arbitrary<Flow> = fc
	.tuple(arbitraryShapelyFlow(), fc.array(packet, { maxLength: 40 }), fc.constantFrom(0x18, 0x1a))
	.map(([any, packets, flags]) => {
		let now = any.timeFirst;
		return {
			...any,
			tcpFlags: flags,
			tcpFlagsReverse: flags,
			packetLengths: packets.map(({ length }) => length),
			packetDirections: packets.map(({ direction }) => direction),
			packetFlags: packets.map(() => 0x18),
			packetTimes: packets.map(({ wait }) => (now += wait)),
		};
	});

/** Compares the features that `wanted` names. */
function assertFeatures(part: RhythmPart, train: PacketTrain, wanted: Readonly<Record<string, number>>): void {
	const found = featuresOf(part, train);
	assert.deepEqual(Object.fromEntries(Object.keys(wanted).map((name) => [name, found[name]])), wanted);
}

function share(part: number, whole: number): number {
	return whole > 0 ? part / whole : -1;
}

function median(values: readonly number[]): number {
	const sample = new Sample();
	sample.values.set(values);
	sample.count = values.length;
	sample.sort();
	return sample.median();
}

interface Burst {
	readonly isPush: boolean;
	readonly isAnswered: boolean;
	/** The last packet before it came from the client. */
	readonly isOwed: boolean;
	readonly lengths: readonly number[];
}

function steadyBursts({ burstBegin, bursts, firstSteadyBurst, fromServer, length }: PacketTrain): Burst[] {
	return Array.from({ length: bursts - firstSteadyBurst }, (_, b) => {
		const begin = burstBegin[firstSteadyBurst + b]!;
		const end = burstBegin[firstSteadyBurst + b + 1]!;
		return {
			isPush: fromServer[begin] === 1,
			isAnswered: fromServer.subarray(begin, end).some((end) => end !== fromServer[begin]),
			isOwed: begin > 0 && fromServer[begin - 1] === 0,
			lengths: [...length.subarray(begin, end)],
		};
	});
}

test("bursts", () => {
	fc.assert(
		fc.property(flow, (flow) => {
			const train = trainOf(flow);
			const bursts = steadyBursts(train);
			const pushes = bursts.filter(({ isPush }) => isPush);
			const calls = bursts.filter(({ isPush }) => !isPush);
			const bytes = bursts.map(({ lengths }) => lengths.reduce((sum, length) => sum + length, 0));
			assertFeatures(BURSTS, train, {
				BURSTS: bursts.length,
				BURST_PACKETS_MAX: Math.max(0, ...bursts.map(({ lengths }) => lengths.length)),
				BURST_BYTES_MEDIAN: median(bytes),
				BURST_BYTES_MAX: Math.max(-1, ...bytes),
				PUSH_SHARE: share(pushes.length, bursts.length),
				PUSH_UNANSWERED: share(pushes.filter(({ isAnswered }) => !isAnswered).length, pushes.length),
				CALL_UNANSWERED: share(calls.filter(({ isAnswered }) => !isAnswered).length, calls.length),
			});
			assertFeatures(EXCHANGES, train, {
				PUSHES: pushes.length,
				PUSH_LENGTH: median(pushes.map(({ lengths }) => lengths[0]!)),
				PUSHES_UNASKED: pushes.filter(({ isOwed }) => !isOwed).length,
				CALLS: calls.length,
				CALL_LENGTH: median(calls.map(({ lengths }) => lengths[0]!)),
			});
		}),
	);
});

test("replies and reactions", () => {
	fc.assert(
		fc.property(flow, (flow) => {
			const train = trainOf(flow);
			const packets = Array.from({ length: train.count }, (_, k) => ({
				isServer: train.fromServer[k] === 1,
				length: train.length[k]!,
				time: train.time[k]!,
			}));
			const steady = packets.slice(train.startup);
			const exchanges = steady.flatMap((call, k) => {
				const reply = steady.slice(k + 1, k + 4).find(({ isServer }) => isServer);
				const isReply = !call.isServer && reply !== undefined && reply.time <= call.time + SILENCE_SECONDS;
				return isReply ? [{ call, reply }] : [];
			});
			const reactions = steady.filter(({ isServer, time }, k) => {
				const next = steady[k + 1];
				return isServer && next?.isServer === false && next.time <= time + SILENCE_SECONDS;
			});
			const received = steady.filter(({ isServer }) => isServer).length;
			assertFeatures(EXCHANGES, train, {
				REPLIES: exchanges.length,
				REPLY_SHARE: share(exchanges.length, steady.length - received),
				REPLY_LENGTH: median(exchanges.map(({ reply }) => reply.length)),
				REPLY_DELAY: median(exchanges.map(({ call, reply }) => reply.time - call.time)),
				REPLY_SHORTER: share(
					exchanges.filter(({ call, reply }) => reply.length < call.length).length,
					exchanges.length,
				),
				REACTIONS: share(reactions.length, received),
			});
		}),
	);
});

test("the start-up", () => {
	fc.assert(
		fc.property(flow, (flow) => {
			const train = trainOf(flow);
			const startup = Array.from({ length: train.startup }, (_, k) => ({
				isServer: train.fromServer[k] === 1,
				length: train.length[k]!,
			}));
			const sent = startup.filter(({ isServer }) => !isServer).map(({ length }) => length);
			const received = startup.filter(({ isServer }) => isServer).map(({ length }) => length);
			assertFeatures(STARTUP, train, {
				STARTUP_SENT_BYTES: sent.reduce((sum, length) => sum + length, 0),
				STARTUP_RECEIVED_BYTES: received.reduce((sum, length) => sum + length, 0),
				STARTUP_TURNS: startup.filter(({ isServer }, k) => k > 0 && isServer !== startup[k - 1]!.isServer).length,
				STARTUP_LAST_SENT: sent.at(-1) ?? 0,
				STARTUP_LAST_RECEIVED: received.at(-1) ?? 0,
			});
		}),
	);
});
