import assert from "node:assert/strict";
import { test } from "node:test";
import { columnsOfFlows } from "../../flow/columns-of-flows.ts";
import type { Flow } from "../../flow/flow.ts";
import { JOBS } from "./jobs.ts";
import { PacketTrain } from "./packet-train.ts";

const SYN_ACK_PSH = 0x1a;
const NAMES = Object.keys(JOBS.features);

/** The features of packets [seconds, signed length], positive from the client, of a connection seen from its beginning. */
function jobsOf(packets: readonly (readonly [number, number])[]): Record<string, number> {
	const flow: Flow = {
		sourceAddress: "192.0.2.1",
		destinationAddress: "198.51.100.1",
		sourcePort: 50_000,
		destinationPort: 3333,
		protocol: 6,
		bytes: 4000,
		bytesReverse: 4000,
		packets: 20,
		packetsReverse: 20,
		tcpFlags: SYN_ACK_PSH,
		tcpFlagsReverse: SYN_ACK_PSH,
		timeFirst: 1e15,
		timeLast: 1e15 + 1e8,
		packetLengths: packets.map(([, length]) => Math.abs(length)),
		packetDirections: packets.map(([, length]) => Math.sign(length)),
		packetFlags: packets.map(() => 0x18),
		packetTimes: packets.map(([seconds]) => 1e15 + Math.round(seconds * 1e6)),
		payload: new Uint8Array(),
		payloadReverse: new Uint8Array(),
		serverName: "",
	};
	const train = new PacketTrain();
	train.read(columnsOfFlows([flow]), 0);
	const out = new Float64Array(NAMES.length + 2).fill(-7);
	JOBS.compute(train, out, 1);
	assert.deepEqual([out[0], out.at(-1)], [-7, -7], "nothing is written beside the row");
	return Object.fromEntries(NAMES.map((name, k) => [name, out[k + 1]!]));
}

const LOGIN = [
	[0, 80],
	[0.04, -1460],
	[0.0401, -113],
	[0.05, 82],
	[0.09, -70],
	[0.1, 90],
	[0.14, -84],
] as const;

test("a log-in and one more job: as long as the first, unasked, long after", () => {
	const jobs = jobsOf([...LOGIN, [20.14, -1460], [20.1401, -130]]);
	assert.equal(jobs.JOBS, 1);
	assert.equal(jobs.JOB_BYTES, 1590, "two segments are one message");
	assert.equal(jobs.JOB_KNOWN, 17 / 1590, "the first job, that came at log-in, had 1573 bytes");
	assert.equal(jobs.JOB_OVER_LOGIN, 1590 / 90);
	assert.equal(Math.round(jobs.JOB_WAITED_FOR!), 20);
	assert.equal(jobs.STARTUP_MESSAGES, 6);
	assert.equal(jobs.STARTUP_FIRST_SENT, 80);
	assert.equal(jobs.STARTUP_LARGEST_RECEIVED, 1573);
	assert.equal(jobs.STARTUP_LAST_WORD, 1);
	assert.equal(jobs.JOB_GAP_VARIATION, -1, "no gaps, no answer");
});

test("what was asked for or is answered is no job", () => {
	const late = jobsOf([...LOGIN, [10, 100], [15, -200]]);
	assert.equal(late.JOBS, 0, "a reply that took five seconds");
	const answered = jobsOf([...LOGIN, [10, -200], [10.1, 40], [20, -200], [20.1, 40]]);
	assert.equal(answered.JOBS, 0, "a question of the server's");
	assert.equal(answered.JOB_BYTES, -1);
	assert.equal(answered.JOB_SOLVED, 0, "the client has the last word");
	const atOnce = jobsOf([...LOGIN, [10, -1307], [10.01, 82], [10.05, -97], [40, -1307], [40.01, 82], [40.05, -97]]);
	assert.equal(atOnce.JOB_SOLVED, 1);
});

test("jobs by a timer have no variation, those of one length no spread", () => {
	const steady = jobsOf([...LOGIN, ...[10, 20, 30, 40].map((seconds) => [seconds, -300] as const)]);
	assert.equal(steady.JOBS, 4);
	assert.equal(steady.JOB_SHARE, 1);
	assert.equal(steady.JOB_SPREAD, 0);
	assert.ok(steady.JOB_GAP_VARIATION! < 1e-6);
	const byChance = jobsOf([...LOGIN, [1, -300], [30, -300], [31, -330]]);
	assert.ok(byChance.JOB_GAP_VARIATION! > 0.9);
	assert.ok(Math.abs(byChance.JOB_SPREAD! - 30 / 310) < 1e-12);
});
