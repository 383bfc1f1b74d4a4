import { sightingAt } from "../incident/sighting.testing.ts";
import { IncidentTracker } from "../incident/tracker.ts";
import { IncidentStore } from "./incident-store.ts";
import { batchOf } from "./store.testing.ts";

/** A process that writes until it is killed: each sighting is a batch; its number is printed once it is written. */
const [path, firstText] = process.argv.slice(2) as [string, string];
await using store = await IncidentStore.open(path);
const tracker = new IncidentTracker({}, await store.recall());
for (let n = Number(firstText); ; n++) {
	const miner = { address: `10.0.${n >> 8}.${n & 255}`, port: 50_000 };
	await store.record(batchOf([sightingAt(n / 60, { miner })], tracker));
	process.stdout.write(`${n}\n`);
}
