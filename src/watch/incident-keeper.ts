import { HEALTHY, type Health } from "../bytes/component.ts";
import { reasonOf } from "../bytes/error.ts";
import type { Coverage } from "../incident/coverage.ts";
import type { IncidentEvent } from "../incident/incident.ts";
import type { Sighting } from "../incident/sighting.ts";
import { sightingOf } from "../incident/sighting-of.ts";
import { IncidentTracker } from "../incident/tracker.ts";
import type { TrackerCounters, TrackerOptions } from "../incident/tracker-options.ts";
import type { TrackerSnapshot } from "../incident/tracker-snapshot.ts";
import type { Delivery } from "../notify/delivery.ts";
import { type DecidedBatch, type VerdictSink, verdictSink } from "../report/verdict-sink.ts";
import type { IncidentStore } from "../store/incident-store.ts";
import { FlowClock } from "./flow-clock.ts";

export interface KeeperOptions {
	readonly store: IncidentStore;
	readonly delivery: Delivery;
	readonly tracker: Partial<TrackerOptions>;
	readonly coverage: Coverage;
	/** The memory of the run before. */
	readonly snapshot: TrackerSnapshot | undefined;
	/** The clock, in milliseconds since the epoch. */
	now(): number;
	/** The store is gone: nothing can be recorded any more. */
	onFailure(reason: string): void;
}

/** What happened is stored this much later: batches that come together are written together. */
const SETTLE_MS = 50;
const TICK_MS = 1000;
const SNAPSHOT_MS = 60_000;
/** How far a flow's time may be ahead of the clock before it counts as the clock's, in microseconds. */
const AHEAD = 300e6;

/**
 * The way from decided batches to incidents, the store and the receivers. Batches wait while the store is behind; payload that
 * speaks a mining protocol is notified within `SETTLE_MS`.
 */
export class IncidentKeeper {
	readonly sink: VerdictSink;
	readonly #options: KeeperOptions;
	readonly #clock: FlowClock;
	readonly #listeners = new Set<(event: IncidentEvent) => void>();
	#tracker: IncidentTracker;
	#coverage: Coverage;
	#lateness: number;
	#settling: Promise<void> = Promise.resolve();
	#timer: NodeJS.Timeout | undefined;
	#ticker: NodeJS.Timeout;
	#snapshotAt = performance.now();
	#failure: string | undefined;
	#countersBefore: TrackerCounters[] = [];

	constructor(options: KeeperOptions) {
		const { snapshot } = options;
		this.#options = options;
		this.#coverage = options.coverage;
		this.#clock = new FlowClock(snapshot?.highest ?? null, performance.now());
		this.#lateness = options.tracker.lateness ?? 0;
		this.#tracker = this.#newTracker(options.tracker, snapshot);
		this.#ticker = setInterval(() => this.#tick(), TICK_MS);
		this.sink = verdictSink("incidents", {
			wantsDissents: true,
			write: (batch) => this.#take(batch),
			close: async () => {},
		});
	}

	get openIncidents(): number {
		return this.#tracker.openIncidents;
	}

	/** Arrivals that wait for older ones. */
	get pending(): number {
		return this.#tracker.pending;
	}

	/** Over all trackers of the run. */
	get counters(): TrackerCounters {
		const sum = { ...this.#tracker.counters };
		for (const before of this.#countersBefore)
			for (const key of Object.keys(sum) as (keyof TrackerCounters)[]) sum[key] += before[key];
		return sum;
	}

	health(): Health {
		return this.#failure === undefined ? HEALTHY : { state: "failed", reason: this.#failure };
	}

	/** Calls the listener for each event after it was stored, until the returned function is called. */
	subscribe(listener: (event: IncidentEvent) => void): () => void {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}

	/** Applies to open incidents at once; resolves when what changed is stored. */
	async setCoverage(coverage: Coverage): Promise<void> {
		this.#coverage = coverage;
		this.#tracker.setCoverage(coverage);
		await this.settle();
	}

	/** Goes on with other options; what is known stays known. */
	async setOptions(options: Partial<TrackerOptions>): Promise<void> {
		await this.settle();
		this.#lateness = options.lateness ?? 0;
		this.#countersBefore.push(this.#tracker.counters);
		this.#tracker = this.#newTracker(options, this.#tracker.snapshot());
	}

	/** Closes an open incident on an operator's word; false if there is none. Resolves when it is stored. */
	async closeIncident(id: string, words: string): Promise<boolean> {
		const isClosed = this.#tracker.close(id, words);
		await this.settle();
		return isClosed;
	}

	/** Stores what happened so far. */
	settle(withSnapshot = false): Promise<void> {
		clearTimeout(this.#timer);
		this.#timer = undefined;
		this.#settling = this.#settling.then(() => this.#store(withSnapshot));
		return this.#settling;
	}

	/** Stores everything, for a new run to go on with. */
	async close(): Promise<void> {
		clearInterval(this.#ticker);
		await this.settle(true);
	}

	#newTracker(options: Partial<TrackerOptions>, snapshot: TrackerSnapshot | undefined): IncidentTracker {
		const tracker = new IncidentTracker({ ...options, isUrgent }, snapshot);
		tracker.setCoverage(this.#coverage);
		return tracker;
	}

	async #take(batch: DecidedBatch): Promise<void> {
		await this.#settling;
		for (const i of batch.reported) {
			const sighting = sightingOf(batch, i);
			this.#arrived(sighting.at);
			this.#tracker.add(sighting);
		}
		for (const dissent of batch.dissents ?? []) {
			this.#arrived(dissent.at);
			this.#tracker.dissent(dissent);
		}
		this.#timer ??= setTimeout(() => void this.settle(), SETTLE_MS);
	}

	#arrived(at: number): void {
		const ceiling = this.#options.now() * 1000 + AHEAD;
		this.#tracker.setCeiling(ceiling);
		this.#clock.saw(Math.min(at, ceiling), performance.now());
	}

	#tick(): void {
		const now = this.#clock.now(performance.now(), this.#options.now());
		if (now !== null) this.#tracker.advance(now - this.#lateness);
		void this.settle(performance.now() - this.#snapshotAt >= SNAPSHOT_MS);
	}

	/** Never rejects: a store that is gone is a failure of the daemon. */
	async #store(withSnapshot: boolean): Promise<void> {
		const { store, delivery, onFailure } = this.#options;
		const output = this.#tracker.take();
		const { events, updated, forgotten, sightings, hits } = output;
		const size = events.length + updated.length + forgotten.length + sightings.length + hits.size;
		if (size === 0 && !withSnapshot) return;
		if (withSnapshot) this.#snapshotAt = performance.now();
		try {
			const snapshot = withSnapshot ? { snapshot: this.#tracker.snapshot() } : {};
			await store.record({ ...output, outbox: delivery.rowsOf(events), ...snapshot });
		} catch (error) {
			this.#failure = `incidents cannot be stored: ${reasonOf(error)}`;
			onFailure(this.#failure);
		}
		delivery.wake();
		for (const event of events) for (const listener of this.#listeners) listener(event);
	}
}

/** Payload that speaks a mining protocol is certain at once: seconds count, older flows do not change it. */
function isUrgent({ decidedBy }: Sighting): boolean {
	return decidedBy === "stratum";
}
