import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { Sighting } from "../incident/sighting.ts";
import { IncidentTracker } from "../incident/tracker.ts";
import type { StoreBatch } from "./store-engine.ts";

/** A path for a store that exists as long as the test. */
export function storePath(t: TestContext): string {
	const folder = mkdtempSync(join(tmpdir(), "decrypto-store-"));
	t.after(() => rmSync(folder, { recursive: true, force: true }));
	return join(folder, "incidents.db");
}

/** What a tracker gives for the sightings, with a notification of each event for the receiver `soc`. */
export function batchOf(sightings: readonly Sighting[], tracker = new IncidentTracker()): StoreBatch {
	for (const sighting of sightings) tracker.add(sighting);
	tracker.flush();
	const output = tracker.take();
	const outbox = output.events.map(({ incident, sequence }) => ({
		receiver: "soc",
		notification: { id: `${incident.id}-${sequence}` },
		enqueuedAt: 1000,
	}));
	return { ...output, outbox, snapshot: tracker.snapshot() };
}
