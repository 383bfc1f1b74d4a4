import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { it } from "node:test";
import { fileURLToPath } from "node:url";
import { captureOf, HIDDEN_MINER, HOUR_BEGINS, PLAIN_MINER, twoMiners } from "../../lab/two-miners.ts";
import { byteSourceOf } from "../bytes/byte-source.ts";
import { DEFAULT_OPTIONS } from "../detect/options.ts";
import { BlockTimeWatch } from "../incident/block-times/block-time-watch.ts";
import type { Incident } from "../incident/incident.ts";
import { sightingOf } from "../incident/sighting-of.ts";
import { IncidentTracker } from "../incident/tracker.ts";
import { meterCapture } from "../meter/meter-capture.ts";
import { Decider } from "./decider.ts";
import { makeDetector } from "./detector-recipe.ts";
import { LocalPipeline } from "./local-pipeline.ts";

const model = fileURLToPath(new URL("../../models/default.model", import.meta.url));

async function incidentsOf(capture: Uint8Array): Promise<Map<string, Incident>> {
	const source = meterCapture(byteSourceOf("capture", Readable.from([capture])), {
		payloadBytes: 512,
		handshakes: true,
		pushTimes: true,
	});
	const decider = new Decider(makeDetector({ model, options: DEFAULT_OPTIONS }), { wantsPushes: true });
	await using pipeline = new LocalPipeline({
		name: "capture",
		opened: { source, isCapture: true, isLive: false },
		decider,
	});
	const watch = new BlockTimeWatch();
	const tracker = new IncidentTracker();
	for await (const batch of pipeline) {
		for (const i of batch.reported) tracker.add(sightingOf(batch, i));
		for (const record of batch.pushes ?? []) watch.observe(record);
		for (const sighting of watch.take()) tracker.add(sighting);
	}
	watch.flush();
	for (const sighting of watch.take()) tracker.add(sighting);
	tracker.flush();
	const newest = new Map<string, Incident>();
	for (const { incident } of tracker.take().updated) newest.set(incident.host.address, incident);
	return newest;
}

it("of two miners of one coin at different pools, the one in padded TLS behind a proxy is probable, with the coin", async () => {
	const { plain, hidden } = await twoMiners();
	const incidents = await incidentsOf(captureOf([plain, hidden]));
	assert.equal(incidents.get(PLAIN_MINER)?.confidence, "confirmed");
	const found = incidents.get(HIDDEN_MINER);
	assert.ok(found);
	assert.equal(found.confidence, "probable");
	assert.equal(found.pools[0]!.coin, "Monero");
	assert.ok(found.signals.some(({ signal }) => signal === "block-times"));
	assert.ok(found.signals.every(({ signal }) => signal !== "payload"));
	assert.ok(found.opened >= HOUR_BEGINS && found.lastSeen <= HOUR_BEGINS + 3600e6 + 10e6);
});
