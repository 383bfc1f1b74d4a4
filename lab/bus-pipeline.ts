import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Bus } from "../src/bus/bus.ts";
import { BusWorker } from "../src/bus/bus-worker.ts";
import { FlowPublisher, type PublisherOptions } from "../src/bus/flow-publisher.ts";
import type { PartitionDetector, ReportedBatch } from "../src/bus/owned-partition.ts";
import type { SightingBatch } from "../src/bus/sighting-message.ts";
import { SightingReader } from "../src/bus/sighting-reader.ts";
import { DEFAULT_OPTIONS } from "../src/detect/options.ts";
import type { FlowColumns } from "../src/flow/flow-columns.ts";
import type { Incident } from "../src/incident/incident.ts";
import { sightingOf } from "../src/incident/sighting-of.ts";
import { IncidentTracker } from "../src/incident/tracker.ts";
import { openInput } from "../src/input/open-input.ts";
import { Decider } from "../src/run/decider.ts";
import { makeDetector } from "../src/run/detector-recipe.ts";
import { forPurpose } from "../src/run/metering-purpose.ts";

const MODEL = fileURLToPath(new URL("../models/default.model", import.meta.url));
const detector = makeDetector({ model: MODEL, options: DEFAULT_OPTIONS });

/** A detector as workers have it. */
export function newDetector(): PartitionDetector {
	return new Decider(detector, { wantsDissents: true });
}

/** The flows of a capture or flow file, metered as `detect` does. */
export async function* flowsOf(path: string): AsyncGenerator<FlowColumns> {
	const metering = { handshakes: true, vlan: true, payloadBytes: 512 };
	const opened = await openInput({ name: path }, forPurpose({ metering, purpose: "detection" }));
	await using source = opened!.source;
	yield* source;
}

/** What an incident is about and amounts to, without the names of the inputs. */
export function essence({ inputs: _, ...incident }: Incident): object {
	return {
		...incident,
		signals: [...incident.signals].sort((a, b) => (a.signal < b.signal ? -1 : 1)),
		pools: [...incident.pools].sort((a, b) => (a.key < b.key ? -1 : 1)),
	};
}

/** The incidents that these batches of sightings give, by identifier. */
export class Incidents {
	readonly tracker = new IncidentTracker();
	readonly byId = new Map<string, object>();

	take({ sightings, dissents }: SightingBatch): void {
		for (const sighting of sightings) this.tracker.add(sighting);
		for (const dissent of dissents) this.tracker.dissent(dissent);
	}

	finish(): ReadonlyMap<string, object> {
		this.tracker.flush();
		for (const { incident } of this.tracker.take().updated) this.byId.set(incident.id, essence(incident));
		return new Map([...this.byId].sort(([a], [b]) => (a < b ? -1 : 1)));
	}
}

/** What one process makes of the files. */
export async function incidentsHere(paths: readonly string[]): Promise<ReadonlyMap<string, object>> {
	const incidents = new Incidents();
	for (const path of paths) {
		const here = newDetector();
		for await (const flows of flowsOf(path)) incidents.take(sightingsIn(here.decide(path, flows)));
	}
	return incidents.finish();
}

function sightingsIn(batch: ReportedBatch): SightingBatch {
	return { sightings: Array.from(batch.reported, (i) => sightingOf(batch, i)), dissents: batch.dissents ?? [] };
}

/** Publishes the files as one sensor. */
export async function publish(bus: Bus, paths: readonly string[], options: PublisherOptions): Promise<FlowPublisher> {
	const publisher = new FlowPublisher(bus, options);
	for (const path of paths) {
		for await (const flows of flowsOf(path)) {
			await publisher.room();
			publisher.write(path, flows);
		}
		publisher.end(path);
	}
	await publisher.close();
	return publisher;
}

/** Lets workers decide all that was published, and gives the incidents of their sightings. */
export async function incidentsOverBus(
	bus: Bus,
	options: { readonly partitions: number; readonly workers?: number; readonly batches: number },
): Promise<ReadonlyMap<string, object>> {
	const { partitions, batches } = options;
	const workers = Array.from(
		{ length: options.workers ?? 1 },
		(_, k) => new BusWorker(bus, { worker: `w${k}`, partitions, newDetector }),
	);
	while (workers.reduce((sum, { counters }) => sum + counters.batches, 0) < batches) await sleep(20);
	for (const worker of workers) await worker[Symbol.asyncDispose]();
	const incidents = new Incidents();
	const expected = workers.reduce((sum, { counters }) => sum + counters.sightings, 0);
	const reader = new SightingReader(bus, partitions);
	if (expected > 0) {
		for await (const batch of reader) {
			incidents.take(batch);
			if (reader.counters.sightings >= expected) break;
		}
	}
	return incidents.finish();
}
