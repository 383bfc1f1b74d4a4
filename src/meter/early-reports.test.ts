import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { describe, test } from "node:test";
import { byteSourceOf } from "../bytes/byte-source.ts";
import { bytesOf, ethernet, ipv4, pcap, type Segment, tcp } from "../capture/testing.ts";
import { FLOW_PART, type FlowColumns, listAt } from "../flow/flow-columns.ts";
import { type MeterCaptureOptions, meterCapture } from "./meter-capture.ts";

const CLIENT = [10, 0, 0, 1];
const SERVER = [10, 0, 0, 2];
const SECOND = 1e6;
const BEGIN = 1_700_000_000 * SECOND;

interface Sent {
	/** Seconds after the first packet. */
	readonly at: number;
	readonly text: string;
	readonly back?: boolean;
	readonly segment?: Segment;
}

function frame({ at, text, back = false, segment = {} }: Sent) {
	const ports = back ? { source: 3333, destination: 1111 } : { source: 1111, destination: 3333 };
	const ends = back ? { source: SERVER, destination: CLIENT } : { source: CLIENT, destination: SERVER };
	const packet = ipv4(6, tcp(bytesOf(text), { ...ports, flags: 0x18, ...segment }), ends);
	return { time: BEGIN + at * SECOND, bytes: ethernet(0x0800, packet) };
}

interface Seen {
	readonly id: number;
	readonly part: number;
	readonly packets: number;
	readonly listed: number;
}

const seenIn = (flows: FlowColumns): Seen[] =>
	Array.from({ length: flows.length }, (_, i) => ({
		id: flows.extras.flowId![i]!,
		part: flows.extras.part![i]!,
		packets: flows.packets[i]! + flows.packetsReverse[i]!,
		listed: listAt(flows.packetLengths, i).length,
	}));

const startsWithLogin = (bytes: Uint8Array, begin: number, end: number): boolean =>
	Buffer.from(bytes.subarray(begin, end)).toString().startsWith("login");

async function reports(sent: readonly Sent[], options: MeterCaptureOptions = {}): Promise<Seen[]> {
	const input = new PassThrough();
	input.end(pcap(1, sent.map(frame)));
	const seen: Seen[] = [];
	const settings = { early: startsWithLogin, payloadBytes: 512, ...options };
	for await (const flows of meterCapture(byteSourceOf("test", input), settings)) seen.push(...seenIn(flows));
	return seen;
}

/** Both ends alternate, one packet each per second. */
const talk = (from: number, to: number, text = "x"): Sent[] =>
	Array.from({ length: to - from }, (_, i) => ({
		at: from + i,
		text,
		back: i % 2 === 1,
		segment: { sequence: 100 + from + i },
	}));

describe("early reports", () => {
	test("a flow is reported when its payload satisfies the predicate, and again at its end with the same identifier", async () => {
		const [early, whole, ...others] = await reports([
			{ at: 0, text: "lo", segment: { sequence: 1 } },
			{ at: 1, text: "gin", segment: { sequence: 3 } },
			{ at: 2, text: " more of it", segment: { sequence: 6 } },
		]);
		assert.deepEqual(others, []);
		assert.deepEqual([early!.part, early!.packets, early!.listed], [FLOW_PART.EARLY, 2, 2]);
		assert.deepEqual([whole!.part, whole!.packets, whole!.listed], [FLOW_PART.WHOLE, 3, 3]);
		assert.equal(early!.id, whole!.id);
	});

	test("the first packet's payload suffices if no more is kept", async () => {
		const seen = await reports([{ at: 0, text: "login" }, ...talk(1, 3)], { payloadBytes: 0 });
		assert.deepEqual(
			seen.map(({ part, packets }) => [part, packets]),
			[
				[FLOW_PART.EARLY, 1],
				[FLOW_PART.WHOLE, 3],
			],
		);
	});

	test("a flow is reported once when its packet list is complete, if both ends have sent 8 packets", async () => {
		const seen = await reports(talk(0, 40));
		assert.deepEqual(
			seen.map(({ part, packets }) => [part, packets]),
			[
				[FLOW_PART.EARLY, 30],
				[FLOW_PART.WHOLE, 40],
			],
		);
		const oneWay = Array.from({ length: 40 }, (_, at) => ({ at, text: "x", back: at >= 34 }));
		assert.deepEqual(
			(await reports(oneWay)).map(({ part }) => part),
			[FLOW_PART.WHOLE],
		);
	});

	test("slices of one connection share the identifier; the connection is not reported early again", async () => {
		const seen = await reports([{ at: 0, text: "login" }, ...talk(1, 700)], { live: true });
		assert.deepEqual(
			seen.map(({ part }) => part),
			[FLOW_PART.EARLY, FLOW_PART.EARLY, FLOW_PART.WHOLE, FLOW_PART.WHOLE, FLOW_PART.WHOLE],
		);
		assert.equal(new Set(seen.map(({ id }) => id)).size, 1);
	});

	test("TCP that was reported, falls silent and continues is the same flow; a new SYN begins another", async () => {
		const silent = await reports([{ at: 0, text: "login" }, ...talk(200, 203)]);
		assert.equal(new Set(silent.map(({ id }) => id)).size, 1);
		const restarted = await reports([
			{ at: 0, text: "login" },
			{ at: 200, text: "", segment: { flags: 2 } },
			...talk(201, 203),
		]);
		assert.equal(new Set(restarted.map(({ id }) => id)).size, 2);
	});

	test("identifiers are the same in every run and differ between flows", async () => {
		const flows = Array.from({ length: 2000 }, (_, i) => ({ at: i / 1000, text: "x", segment: { source: 1000 + i } }));
		const ids = (await reports(flows)).map(({ id }) => id);
		assert.equal(new Set(ids).size, 2000);
		assert.ok(ids.every((id) => Number.isSafeInteger(id)));
		assert.deepEqual(
			(await reports(flows, { seed: 7 })).map(({ id }) => id),
			ids,
		);
	});

	test("live, the report precedes the end of the connection, within a second of the message", async () => {
		const input = new PassThrough();
		const source = meterCapture(byteSourceOf("test", input), { early: startsWithLogin, live: true });
		const batches = source[Symbol.asyncIterator]();
		const first = batches.next();
		const written = performance.now();
		input.write(pcap(1, [frame({ at: 0, text: "login" })]));
		const { value } = await first;
		assert.ok(performance.now() - written < 1000);
		assert.deepEqual(
			seenIn(value!).map(({ part }) => part),
			[FLOW_PART.EARLY],
		);
		input.end();
		await batches.return?.();
	});
});
