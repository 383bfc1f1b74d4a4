import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Incident } from "./incident.ts";
import { MINUTE, nameOf, PAYLOAD_OF_POOL, shapeOf, sightingAt, T0 } from "./sighting.testing.ts";
import { IncidentTracker } from "./tracker.ts";
import { evidenceWords, incidentWords, poolText, quoted, strongestFirst } from "./words.ts";

function incidentFrom(sighting: ReturnType<typeof sightingAt>): Incident {
	const tracker = new IncidentTracker({ networkName: () => "HPC cluster" });
	tracker.add(sighting);
	tracker.flush();
	return tracker.take().updated[0]!.incident;
}

test("an incident in one sentence", () => {
	const incident = incidentFrom(
		sightingAt(1, { evidence: [PAYLOAD_OF_POOL], coin: "Monero", serverName: "pool.example", begin: T0 }),
	);
	assert.equal(
		incidentWords(incident),
		"10.3.7.21 (HPC cluster) has been mining Monero at pool.example:443 since 2026-03-01 09:12 UTC; confirmed",
	);
	const closed: Incident = { ...incident, state: "closed", lastSeen: T0 + 10 * MINUTE };
	assert.equal(
		incidentWords(closed),
		"10.3.7.21 (HPC cluster) mined Monero at pool.example:443 from 2026-03-01 09:12 UTC to 2026-03-01 09:22 UTC; confirmed",
	);
});

test("an IPv6 address and its port are told apart", () => {
	const { pools } = incidentFrom(sightingAt(0, { pool: { address: "2001:db8::1", port: 443 } }));
	assert.equal(poolText(pools[0]!), "[2001:db8::1]:443");
});

test("evidence in one sentence each, the strongest first", () => {
	assert.equal(evidenceWords(PAYLOAD_OF_POOL), "the payload speaks monero-stratum: job");
	assert.equal(evidenceWords(nameOf("pool.example")), "the server name pool.example contains pool");
	assert.equal(evidenceWords(shapeOf(0.91)), "sizes and times of the packets look like mining: probability 0.910");
	const { signals } = incidentFrom(sightingAt(0, { evidence: [shapeOf(0.9), nameOf("a.pool"), PAYLOAD_OF_POOL] }));
	assert.deepEqual(
		strongestFirst(signals).map(({ signal }) => signal),
		["payload", "shape", "server-name"],
	);
});

test("no text from the network brings control characters, line ends or great length into a sentence", () => {
	const hostile = fc.oneof(
		fc.string({ unit: "binary" }),
		fc.constantFrom("\u001b[31mred", "a\nb", "\u202eevil", "\u2028", "\ud800", "x".repeat(70_000)),
	);
	fc.assert(
		fc.property(hostile, hostile, (name, coin) => {
			const evidence = [nameOf(name), shapeOf(0.9)];
			const words = incidentWords(incidentFrom(sightingAt(0, { evidence, coin, serverName: name })));
			for (const text of [words, evidenceWords(evidence[0]!), quoted(name)]) {
				assert.doesNotMatch(text, /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
				assert.ok(text.length < 1200);
				assert.ok(text.isWellFormed());
			}
		}),
	);
});
