import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Allowlist } from "../../incident/allowlist.ts";
import { IncidentTracker } from "../../incident/tracker.ts";
import { IncidentStore } from "../../store/incident-store.ts";
import { readConfiguration } from "../configuration.ts";
import { trackerOptions } from "../tracker-options.ts";
import { DEMO_ALLOWLIST, DEMO_NETWORKS } from "./demo-hosts.ts";
import { demoSightings } from "./demo-sightings.ts";
import { recentCaptures } from "./recent-captures.ts";

/**
 * Writes a configuration and a store with two hours of generated incidents into a folder; returns the configuration's path.
 * `samples`: a directory of captures to watch, too, as if they were made now. `now`: milliseconds since the epoch, the end of the two hours.
 */
export async function prepareDemo(folder: string, samples: string | undefined, now: number): Promise<string> {
	const file = join(folder, "demo.yaml");
	const captures = join(folder, "captures");
	mkdirSync(captures);
	if (samples !== undefined) await recentCaptures(samples, captures, (now - 60_000) * 1000);
	// JSON is YAML (YAML 1.2, 1.2): quoting is then certainly right.
	writeFileSync(file, JSON.stringify(configurationOf(folder, captures), null, 2));
	const tracker = new IncidentTracker(trackerOptions(readConfiguration(file).value));
	tracker.setCoverage(new Allowlist([DEMO_ALLOWLIST], now));
	for (const sighting of demoSightings(now * 1000)) tracker.add(sighting);
	tracker.flush();
	await using store = await IncidentStore.open(join(folder, "incidents.db"));
	await store.record({ ...tracker.take(), outbox: [], snapshot: tracker.snapshot() });
	return file;
}

function configurationOf(folder: string, captures: string): object {
	return {
		inputs: [{ follow: captures }],
		networks: { ours: ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "2001:db8::/33"], names: DEMO_NETWORKS },
		allowlist: [DEMO_ALLOWLIST],
		store: { path: join(folder, "incidents.db") },
		metrics: { listen: "off" },
		control: { socket: join(folder, "control.sock") },
		web: { listen: "127.0.0.1:0" },
	};
}
