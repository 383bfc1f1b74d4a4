import { setTimeout as sleep } from "node:timers/promises";
import type { Bus } from "../bus/bus.ts";
import type { Positions } from "../bus/merged-logs.ts";
import { openNatsBus } from "../bus/nats-bus.ts";
import { readPartitionCount } from "../bus/partition-count.ts";
import type { SightingBatch } from "../bus/sighting-message.ts";
import { SightingReader } from "../bus/sighting-reader.ts";
import { IncidentTracker } from "../incident/tracker.ts";
import type { TrackerSnapshot } from "../incident/tracker-snapshot.ts";
import { IncidentStore } from "../store/incident-store.ts";
import type { BusIncidentsFlags } from "./bus-incidents-flags.ts";
import { ShutdownSignal } from "./shutdown-signal.ts";

/** What is stored in one transaction: what the tracker knows, and up to where it has read the bus. */
interface FollowerSnapshot extends TrackerSnapshot {
	readonly positions: Positions;
}

/** Changes that come together are stored together; storing takes at most about a tenth of the time. In ms. */
const SETTLE_MS = 200;
const SETTLE_SHARE = 10;

/** `decrypto bus incidents`, from the options to the end. */
export async function runBusIncidents({ bus: address, state, lateness, once }: BusIncidentsFlags): Promise<void> {
	await using bus = await openNatsBus(address);
	const partitions = await readPartitionCount(bus);
	await using store = await IncidentStore.open(state);
	const known = (await store.recall()) as FollowerSnapshot | undefined;
	const reader = new SightingReader(bus, partitions, known?.positions);
	const follower = new IncidentFollower(store, reader, lateness * 1e6, known);
	using shutdown = new ShutdownSignal();
	shutdown.watch(reader);
	const goal = once ? await lastSightings(bus, partitions) : undefined;
	if (goal === undefined || !isReached(goal, reader.positions)) {
		const settling = follower.settleFromTimeToTime(shutdown.signal);
		for await (const batch of reader) {
			follower.take(batch);
			if (goal !== undefined && isReached(goal, reader.positions)) break;
		}
		follower.stop();
		await settling;
	}
	if (once) follower.flush();
	await follower.settle();
}

async function lastSightings(bus: Bus, partitions: number): Promise<Positions> {
	const keys = Array.from({ length: partitions }, (_, key) => String(key));
	const last = await Promise.all(keys.map((key) => bus.last({ family: "sightings", key })));
	return Object.fromEntries(last.flatMap((message) => (message ? [[message.key, message.sequence]] : [])));
}

function isReached(goal: Positions, positions: Positions): boolean {
	return Object.entries(goal).every(([key, sequence]) => (positions[key] ?? 0) >= sequence);
}

/** The way from sightings to stored incidents. */
class IncidentFollower {
	readonly #tracker: IncidentTracker;
	readonly #store: IncidentStore;
	readonly #reader: SightingReader;
	/** In microseconds. */
	readonly #lateness: number;
	readonly #end = new AbortController();
	/** The highest time seen, and when it was seen: without new flows, time goes on by the clock. */
	#highest = -Infinity;
	#seenAt = 0;
	#hasNews = false;
	/** Up to where sightings were taken in. The reader is ahead by the batch that it hands over. */
	#positions: Positions;

	constructor(store: IncidentStore, reader: SightingReader, lateness: number, known: TrackerSnapshot | undefined) {
		this.#lateness = lateness;
		this.#store = store;
		this.#reader = reader;
		this.#positions = reader.positions;
		this.#tracker = new IncidentTracker({ lateness }, known);
	}

	take({ sightings, dissents }: SightingBatch): void {
		for (const sighting of sightings) {
			this.#tracker.add(sighting);
			if (sighting.at > this.#highest) {
				this.#highest = sighting.at;
				this.#seenAt = performance.now();
			}
		}
		for (const dissent of dissents) this.#tracker.dissent(dissent);
		this.#positions = this.#reader.positions;
		this.#hasNews = true;
	}

	/** Everything that waits for older sightings is taken in. */
	flush(): void {
		this.#tracker.flush();
	}

	stop(): void {
		this.#end.abort();
	}

	async settleFromTimeToTime(shutdown: AbortSignal): Promise<void> {
		let pause = SETTLE_MS;
		while (!this.#end.signal.aborted && !shutdown.aborted) {
			await sleep(pause, undefined, { signal: AbortSignal.any([this.#end.signal, shutdown]) }).catch(() => {});
			this.#letTimePass();
			if (!this.#hasNews) continue;
			const begin = performance.now();
			await this.settle();
			pause = Math.max(SETTLE_MS, SETTLE_SHARE * (performance.now() - begin));
		}
	}

	/** Stores what happened together with the positions, then prints the events. */
	async settle(): Promise<void> {
		this.#hasNews = false;
		const output = this.#tracker.take();
		const snapshot: FollowerSnapshot = { ...this.#tracker.snapshot(), positions: this.#positions };
		await this.#store.record({ ...output, snapshot });
		for (const event of output.events) process.stdout.write(`${JSON.stringify(event)}\n`);
	}

	#letTimePass(): void {
		if (!Number.isFinite(this.#highest)) return;
		const elapsed = (performance.now() - this.#seenAt) * 1000;
		this.#tracker.advance(this.#highest + elapsed - this.#lateness);
	}
}
