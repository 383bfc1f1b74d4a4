import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Incident, IncidentEvent } from "./incident.ts";
import { dissentAt, nameOf, PAYLOAD_OF_MINER, PAYLOAD_OF_POOL, shapeOf, sightingAt } from "./sighting.testing.ts";
import type { Dissent, Sighting } from "./sighting.ts";
import { IncidentTracker } from "./tracker.ts";

type Arrival = { readonly sighting: Sighting } | { readonly dissent: Dissent };

const LATENESS_MINUTES = 5;

const evidence = fc.subarray([PAYLOAD_OF_MINER, PAYLOAD_OF_POOL, shapeOf(0.9), shapeOf(0.3), nameOf("pool.example")]);
const host = fc.nat(3).map((n) => ({ address: `10.0.0.${n}`, port: 1000 + n }));
const pool = fc.nat(3).map((n) => ({ address: n === 3 ? "10.0.0.0" : `203.0.113.${n}`, port: 443 }));
/** Minutes within three days, with bursts: gaps beyond close_after and reopen_within occur. */
const minutes = fc.tuple(fc.nat(4), fc.nat(70)).map(([burst, within]) => burst * 1100 + within);

const arrival: fc.Arbitrary<Arrival> = fc.oneof(
	fc
		.tuple(minutes, host, pool, evidence, fc.constantFrom(undefined, "Monero", "Raptoreum"))
		.map(([at, miner, server, found, coin]) => ({
			sighting: sightingAt(at, { miner, pool: server, evidence: found, ...(coin !== undefined && { coin }) }),
		})),
	fc.tuple(minutes, host, pool).map(([at, client, server]) => ({ dissent: dissentAt(at, { client, server }) })),
);

const timeOf = (each: Arrival) => ("sighting" in each ? each.sighting.at : each.dissent.at);

/** Arrivals in an order in which none comes more than the allowed lateness after a younger one. */
const disordered = fc
	.array(fc.tuple(arrival, fc.double({ min: 0, max: LATENESS_MINUTES * 60e6, noNaN: true })), {
		maxLength: 80,
		size: "max",
	})
	.map((list) => ({
		sorted: list.map(([each]) => each).sort((a, b) => timeOf(a) - timeOf(b)),
		shuffled: list
			.toSorted(([a, aDelay], [b, bDelay]) => timeOf(a) + aDelay - timeOf(b) - bDelay)
			.map(([each]) => each),
	}));

interface Outcome {
	readonly events: readonly IncidentEvent[];
	readonly incidents: readonly (readonly [string, Incident])[];
}

/** Takes the arrivals in, in runs that end at `cuts`; between two runs only a snapshot as JSON survives. */
function outcomeOf(arrivals: readonly Arrival[], cuts: readonly number[] = [], flushes = false): Outcome {
	let tracker = new IncidentTracker({ lateness: LATENESS_MINUTES * 60e6 });
	const events: IncidentEvent[] = [];
	const incidents = new Map<string, Incident>();
	const take = () => {
		const output = tracker.take();
		events.push(...output.events);
		for (const { incident } of output.updated) incidents.set(incident.id, incident);
	};
	for (const [i, each] of arrivals.entries()) {
		if ("sighting" in each) tracker.add(each.sighting);
		else tracker.dissent(each.dissent);
		if (!cuts.includes(i)) continue;
		if (flushes) tracker.flush();
		take();
		tracker = new IncidentTracker(
			{ lateness: LATENESS_MINUTES * 60e6 },
			JSON.parse(JSON.stringify(tracker.snapshot())),
		);
	}
	tracker.flush();
	take();
	return { events, incidents: [...incidents].sort(([a], [b]) => (a < b ? -1 : 1)) };
}

test("any order within the allowed lateness gives the same events and incidents", () => {
	fc.assert(
		fc.property(disordered, ({ sorted, shuffled }) => {
			assert.deepEqual(outcomeOf(shuffled), outcomeOf(sorted));
		}),
	);
});

test("any number of runs with a snapshot between them gives the same events and incidents", () => {
	fc.assert(
		fc.property(disordered, fc.array(fc.nat(80), { maxLength: 4 }), ({ shuffled }, cuts) => {
			assert.deepEqual(outcomeOf(shuffled, cuts), outcomeOf(shuffled));
		}),
	);
});

test("runs over inputs that follow one another in time end completely, and give what one run gives", () => {
	fc.assert(
		fc.property(disordered, fc.array(fc.nat(80), { maxLength: 4 }), ({ sorted }, cuts) => {
			const atGaps = cuts.filter((i) => i + 1 < sorted.length && timeOf(sorted[i]!) < timeOf(sorted[i + 1]!));
			assert.deepEqual(outcomeOf(sorted, atGaps, true), outcomeOf(sorted));
		}),
	);
});

test("each incident's events are numbered without a gap, begin with opened and do not repeat closed", () => {
	fc.assert(
		fc.property(disordered, ({ shuffled }) => {
			const last = new Map<string, IncidentEvent>();
			for (const event of outcomeOf(shuffled).events) {
				const before = last.get(event.incident.id);
				assert.equal(event.sequence, (before?.sequence ?? 0) + 1);
				assert.equal(event.sequence, event.incident.sequence);
				if (before === undefined) assert.equal(event.kind, "opened");
				else if (before.incident.state === "closed") assert.equal(event.kind, "reopened");
				last.set(event.incident.id, event);
			}
		}),
	);
});

test("every counted flow is in exactly one incident", () => {
	fc.assert(
		fc.property(disordered, ({ shuffled }) => {
			const flows = new Set(
				shuffled
					.filter((each) => "sighting" in each)
					.map(({ sighting: { miner, pool: server, begin } }) => `${miner.address} ${server.address} ${begin}`),
			);
			const { incidents } = outcomeOf(shuffled);
			const counted = incidents.reduce((sum, [, incident]) => sum + incident.flows, 0);
			assert.equal(counted, flows.size);
		}),
	);
});

test("a host that mines at one pool for a day with n ≥ 8 flows causes at most log2 n + 3 events", () => {
	const found = fc.constantFrom([shapeOf(0.9)], [shapeOf(0.995)], [PAYLOAD_OF_MINER], [PAYLOAD_OF_POOL]);
	fc.assert(
		fc.property(fc.array(found, { minLength: 8, maxLength: 280, size: "max" }), (each) => {
			const sightings = each.map((evidenceOfFlow, i) => ({
				sighting: sightingAt(5 * i, { evidence: evidenceOfFlow, ...(i > 3 && { coin: "Monero" }) }),
			}));
			const tracker = new IncidentTracker();
			for (const { sighting } of sightings) tracker.add(sighting);
			tracker.advance(sightings.at(-1)!.sighting.at + 2 * 3600e6);
			const kinds = tracker.take().events.map(({ kind }) => kind);
			assert.ok(kinds.length <= Math.log2(each.length) + 3, `${each.length} flows: ${kinds.join(" ")}`);
			assert.deepEqual([kinds[0], kinds.at(-1)], ["opened", "closed"]);
		}),
	);
});
