import assert from "node:assert/strict";
import { test } from "node:test";
import type { Coverage } from "./coverage.ts";
import type { IncidentEvent } from "./incident.ts";
import {
	dissentAt,
	HOUR,
	MINUTE,
	nameOf,
	PAYLOAD_OF_MINER,
	PAYLOAD_OF_POOL,
	shapeOf,
	sightingAt,
	T0,
} from "./sighting.testing.ts";
import type { Sighting } from "./sighting.ts";
import { IncidentTracker } from "./tracker.ts";
import type { TrackerOptions } from "./tracker-options.ts";

function eventsOf(sightings: readonly Sighting[], options: Partial<TrackerOptions> = {}): readonly IncidentEvent[] {
	const tracker = new IncidentTracker(options);
	for (const sighting of sightings) tracker.add(sighting);
	tracker.flush();
	return tracker.take().events;
}

const kinds = (events: readonly IncidentEvent[]) => events.map(({ kind }) => kind);
const everyFiveMinutes = (count: number, changes: Parameters<typeof sightingAt>[1] = {}) =>
	Array.from({ length: count }, (_, i) => sightingAt(5 * i, changes));

test("one flow by shape opens a suspected incident, numbered 1, with an id of host and opening time", () => {
	const [event, ...others] = eventsOf([sightingAt(0)]);
	assert.deepEqual(others, []);
	assert.equal(event!.kind, "opened");
	assert.deepEqual([event!.sequence, event!.incident.confidence], [1, "suspected"]);
	assert.match(event!.incident.id, /^[0-9a-f]{16}$/);
	assert.equal(event!.incident.opened, T0 - MINUTE);
	assert.equal(event!.words, "10.3.7.21 has been mining at 203.0.113.7:443 since 2026-03-01 09:11 UTC; suspected");
});

test("shape in two agreeing time slices is probable, not when most slices disagree", () => {
	assert.deepEqual(kinds(eventsOf(everyFiveMinutes(2))), ["opened", "escalated"]);
	const tracker = new IncidentTracker();
	for (const minutes of [0, 5, 10]) tracker.dissent(dissentAt(minutes));
	for (const minutes of [15, 20]) tracker.add(sightingAt(minutes));
	tracker.flush();
	const { events, updated } = tracker.take();
	assert.deepEqual(kinds(events), ["opened"]);
	const [pool] = updated[0]!.incident.pools;
	assert.deepEqual([pool!.slicesJudged, pool!.slicesAgreeing], [5, 2]);
});

test("two flows within one time slice are one witness", () => {
	const second = sightingAt(1, { miner: { address: "10.3.7.21", port: 50_001 } });
	assert.deepEqual(kinds(eventsOf([sightingAt(0), second])), ["opened"]);
});

test("a single flow of very high probability, or name and shape together, are probable", () => {
	for (const evidence of [[shapeOf(0.995)], [nameOf("pool.example"), shapeOf(0.9)], [PAYLOAD_OF_MINER]]) {
		assert.equal(eventsOf([sightingAt(0, { evidence })])[0]!.incident.confidence, "probable");
	}
	assert.equal(eventsOf([sightingAt(0, { evidence: [nameOf("a")] })])[0]!.incident.confidence, "suspected");
});

test("payload with an answer of the pool is confirmed", () => {
	const answered = sightingAt(0, { evidence: [PAYLOAD_OF_MINER], outcome: "refused" });
	const sentByPool = sightingAt(0, { evidence: [PAYLOAD_OF_POOL] });
	for (const sighting of [answered, sentByPool]) {
		assert.equal(eventsOf([sighting])[0]!.incident.confidence, "confirmed");
	}
});

test("payload and shape of one host and pool are one incident", () => {
	const events = eventsOf([sightingAt(0), sightingAt(5, { evidence: [PAYLOAD_OF_POOL], coin: "Monero" })]);
	assert.deepEqual(kinds(events), ["opened", "escalated"]);
	const { pools } = events[1]!.incident;
	assert.equal(pools.length, 1);
	assert.deepEqual([pools[0]!.flows, pools[0]!.coin, pools[0]!.protocol], [2, "Monero", "monero-stratum"]);
});

test("an early report and the whole flow count once, with the amounts of the whole", () => {
	const early = sightingAt(0, { evidence: [PAYLOAD_OF_POOL], part: "early", flowId: "1" });
	const whole = { ...early, at: early.at + 4 * MINUTE, part: "whole" as const, bytesToPool: 9000 };
	const events = eventsOf([early, whole]);
	assert.deepEqual(kinds(events), ["opened"]);
	const tracker = new IncidentTracker();
	for (const each of [early, whole]) tracker.add(each);
	tracker.flush();
	const { incident } = tracker.take().updated[0]!;
	assert.deepEqual([incident.flows, incident.bytesToPool, incident.bytesToMiner], [1, 9000, 4000]);
});

test("reading the same flows again changes nothing", () => {
	const flows = everyFiveMinutes(20);
	const tracker = new IncidentTracker();
	for (const sighting of flows) tracker.add(sighting);
	tracker.flush();
	const before = tracker.take().updated[0]!.incident;
	for (const sighting of flows) tracker.add(sighting);
	tracker.flush();
	const again = tracker.take();
	assert.deepEqual([again.events, again.updated], [[], []]);
	assert.equal(tracker.counters.duplicates, 20);
	assert.equal(before.flows, 20);
});

test("an incident closes after an hour, reopens within a day, and a later one is new", () => {
	const tracker = new IncidentTracker();
	tracker.add(sightingAt(0));
	tracker.advance(T0 + HOUR);
	assert.deepEqual(kinds(tracker.take().events), ["opened"]);
	tracker.advance(T0 + HOUR + 1);
	const [closed] = tracker.take().events;
	assert.deepEqual([closed!.kind, closed!.at, closed!.incident.state], ["closed", T0 + HOUR, "closed"]);
	tracker.add(sightingAt(20 * 60));
	tracker.add(sightingAt(60 * 60));
	tracker.flush();
	const rest = tracker.take();
	assert.deepEqual(kinds(rest.events), ["reopened", "closed", "opened"]);
	assert.notEqual(rest.events[2]!.incident.id, closed!.incident.id);
	assert.deepEqual(rest.forgotten, [closed!.incident.id]);
});

test("growth is told when the count of flows doubles, reminders once a day", () => {
	const events = eventsOf(everyFiveMinutes(600, { evidence: [shapeOf(0.995)] }));
	assert.deepEqual(
		events.filter(({ kind }) => kind === "grown").map(({ incident }) => incident.flows),
		[16, 32, 64, 128, 256, 512],
	);
	assert.equal(events.filter(({ kind }) => kind === "reminder").length, 2);
	assert.deepEqual(
		events.map(({ sequence }) => sequence),
		events.map((_, i) => i + 1),
	);
});

test("a new pool, coin, protocol or role is told as changed", () => {
	const events = eventsOf([
		sightingAt(0, { evidence: [PAYLOAD_OF_POOL] }),
		sightingAt(5, { evidence: [PAYLOAD_OF_POOL], serverName: "pool.example" }),
		sightingAt(10, { evidence: [PAYLOAD_OF_POOL], coin: "Monero" }),
		sightingAt(15, {
			miner: { address: "10.3.7.22", port: 50_000 },
			pool: { address: "10.3.7.21", port: 3333 },
		}),
	]);
	assert.deepEqual(kinds(events), ["opened", "changed", "changed", "opened", "changed"]);
	assert.match(events[1]!.words, /^new pool pool\.example, protocol monero-stratum: /);
	assert.match(events[2]!.words, /^new coin Monero: /);
	assert.equal(events[4]!.incident.role, "proxy");
});

test("the subject is our end: a pool of ours that serves others is an incident of its own", () => {
	const [event] = eventsOf(
		[sightingAt(0, { miner: { address: "198.51.100.1", port: 4 }, pool: { address: "10.0.0.1", port: 3333 } })],
		{ isOurs: (address) => address.startsWith("10."), networkName: () => "HPC cluster" },
	);
	assert.deepEqual(event!.incident.host, { address: "10.0.0.1", network: "HPC cluster" });
	assert.equal(event!.incident.role, "pool");
});

test("hosts of one address in two domains are two incidents", () => {
	assert.equal(eventsOf([sightingAt(0, { domain: "vlan 1" }), sightingAt(0, { domain: "vlan 2" })]).length, 2);
});

test("pools beyond 32 are counted and their evidence still counts", () => {
	const pools = Array.from({ length: 40 }, (_, i) => sightingAt(i, { pool: { address: "203.0.113.7", port: i + 1 } }));
	const events = eventsOf([...pools, sightingAt(41, { pool: pools[39]!.pool, evidence: [PAYLOAD_OF_POOL] })]);
	const { incident, kind } = events.at(-1)!;
	assert.equal(kind, "escalated");
	assert.deepEqual([incident.pools.length, incident.furtherPools, incident.flows], [32, 8, 41]);
});

test("beyond the bound the quietest incident is closed early", () => {
	const hosts = [1, 2, 3].map((n) => sightingAt(n, { miner: { address: `10.0.0.${n}`, port: 1 } }));
	const events = eventsOf(hosts, { mostOpen: 2 });
	assert.deepEqual(kinds(events), ["opened", "opened", "opened", "closed"]);
	assert.equal(events[3]!.incident.host.address, "10.0.0.1");
	assert.match(events[3]!.words, /too many/);
});

test("an urgent sighting is told at once, others wait for older ones", () => {
	const tracker = new IncidentTracker({ isUrgent: ({ part }) => part === "early" });
	tracker.add(sightingAt(0));
	assert.deepEqual(tracker.take().events, []);
	tracker.add(sightingAt(1, { part: "early", evidence: [PAYLOAD_OF_POOL] }));
	assert.deepEqual(kinds(tracker.take().events), ["opened"]);
});

test("a time beyond the ceiling does not close what is open; a time that is no number is counted", () => {
	const tracker = new IncidentTracker();
	tracker.setCeiling(T0 + 10 * MINUTE);
	tracker.add(sightingAt(0));
	tracker.add(sightingAt(1e6, { miner: { address: "10.9.9.9", port: 1 } }));
	tracker.add(sightingAt(0, { at: Number.NaN }));
	tracker.flush();
	assert.deepEqual(kinds(tracker.take().events), ["opened", "opened"]);
	assert.deepEqual([tracker.counters.fromTheFuture, tracker.counters.malformed], [1, 1]);
	assert.equal(tracker.openIncidents, 2);
});

test("yesterday's capture read after today's gives incidents of its own, without flapping", () => {
	const tracker = new IncidentTracker();
	for (const minutes of [0, 5]) tracker.add(sightingAt(minutes));
	tracker.flush();
	tracker.take();
	for (const minutes of [-3000, -2900, -2800]) tracker.add(sightingAt(minutes));
	tracker.flush();
	const { events, updated } = tracker.take();
	assert.deepEqual(kinds(events), ["opened", "escalated"]);
	assert.equal(updated[0]!.incident.flows, 3);
});

test("what an allowlist entry covered and does not any more is told as opened, naming the entry", () => {
	const until = T0 + 12 * MINUTE;
	const coverage: Coverage = {
		coveredBy: (_, at) => (at < until ? ["e1"] : []),
		nextExpiry: (at) => (at < until ? until : Infinity),
		describe: () => "course B204",
	};
	const tracker = new IncidentTracker();
	tracker.setCoverage(coverage);
	for (const minutes of [0, 5, 10, 15]) tracker.add(sightingAt(minutes));
	tracker.flush();
	const { events, hits } = tracker.take();
	assert.deepEqual(
		events.map(({ kind, incident }) => [kind, incident.allowedBy]),
		[
			["opened", ["e1"]],
			["escalated", ["e1"]],
			["opened", []],
		],
	);
	assert.match(events[2]!.words, /^allowlist entry "course B204" no longer covers it: /);
	assert.equal(events[2]!.at, until);
	assert.deepEqual(hits.get("e1"), { count: 3, last: T0 + 10 * MINUTE });
});

test("an operator closes an open incident early; a later sighting reopens it", () => {
	const tracker = new IncidentTracker();
	tracker.add(sightingAt(0));
	tracker.flush();
	const { id } = tracker.take().events[0]!.incident;
	assert.equal(tracker.close(id, "closed by alice: cleaned"), true);
	const [closed, ...others] = tracker.take().events;
	assert.deepEqual(others, []);
	assert.deepEqual([closed!.kind, closed!.incident.state, closed!.at], ["closed", "closed", T0]);
	assert.match(closed!.words, /^closed by alice: cleaned: 10\.3\.7\.21 mined /);
	assert.equal(tracker.close(id, "again"), false);
	assert.equal(tracker.close("0000000000000000", "unknown"), false);
	tracker.add(sightingAt(10));
	tracker.flush();
	assert.deepEqual(kinds(tracker.take().events), ["reopened"]);
	// What was scheduled before the early closing closes it once, an hour after the last sighting.
	tracker.advance(T0 + 10 * MINUTE + HOUR + 1);
	assert.deepEqual(kinds(tracker.take().events), ["closed"]);
});
