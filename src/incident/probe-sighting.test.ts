import assert from "node:assert/strict";
import { it } from "node:test";
import { probeSighting } from "./probe-sighting.ts";
import { sightingAt } from "./sighting.testing.ts";
import { IncidentTracker } from "./tracker.ts";

it("a probe that proves a pool confirms the incident, tells protocol and coin, and adds no flow", () => {
	const tracker = new IncidentTracker();
	const sighting = sightingAt(0, { serverName: "unsuspicious.example" });
	tracker.add(sighting);
	tracker.flush();
	const before = tracker.take().updated[0]!.incident;
	assert.equal(before.confidence, "suspected");
	const server = { address: sighting.pool.address, port: 443, tls: true, protocol: "monero-stratum", coin: "Monero" };
	tracker.add(probeSighting(before.host, server, before.lastSeen, "unsuspicious.example"));
	tracker.flush();
	const { events, updated } = tracker.take();
	const { incident } = updated[0]!;
	assert.equal(incident.id, before.id);
	assert.equal(incident.confidence, "confirmed");
	assert.equal(incident.flows, before.flows);
	assert.equal(incident.pools.length, 1);
	assert.equal(incident.pools[0]!.coin, "Monero");
	assert.equal(incident.pools[0]!.protocol, "monero-stratum");
	assert.equal(incident.pools[0]!.clientPorts, 1);
	assert.deepEqual(
		events.map(({ kind }) => kind),
		["escalated"],
	);
	assert.match(
		incident.signals.find(({ signal }) => signal === "probe")!.words,
		/^the server answered a probe as a mining pool/,
	);
});
