import { HEALTHY, type Health } from "../bytes/component.ts";
import { reasonOf } from "../bytes/error.ts";
import type { BlockTimeWatch } from "../incident/block-times/block-time-watch.ts";
import type { Coverage } from "../incident/coverage.ts";
import type { IncidentEvent } from "../incident/incident.ts";
import type { Sighting } from "../incident/sighting.ts";
import { IncidentTracker, type TrackerOutput } from "../incident/tracker.ts";
import type { TrackerCounters, TrackerOptions } from "../incident/tracker-options.ts";
import type { TrackerSnapshot } from "../incident/tracker-snapshot.ts";
import type { Delivery } from "../notify/delivery.ts";
import { type DecidedBatch, type VerdictSink, verdictSink } from "../report/verdict-sink.ts";
import type { IncidentStore } from "../store/incident-store.ts";
import { FlowClock } from "./flow-clock.ts";
import { IncidentWriter, isUrgent } from "./incident-writer.ts";

export interface KeeperOptions {
	readonly store: IncidentStore;
	readonly delivery: Delivery;
	readonly tracker: Partial<TrackerOptions>;
	readonly coverage: Coverage;
	readonly blockTimes: BlockTimeWatch;
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
	#writer: IncidentWriter;
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
		this.#writer = this.#newWriter(options.tracker, snapshot);
		this.#ticker = setInterval(() => this.#tick(), TICK_MS);
		this.sink = verdictSink("incidents", {
			wantsDissents: true,
			wantsPushes: true,
			write: (batch) => this.#take(batch),
			close: async () => {},
		});
	}

	get openIncidents(): number {
		return this.#writer.tracker.openIncidents;
	}

	/** Arrivals that wait for older ones. */
	get pending(): number {
		return this.#writer.tracker.pending;
	}

	/** Over all trackers of the run. */
	get counters(): TrackerCounters {
		const sum = { ...this.#writer.tracker.counters };
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
		this.#writer.tracker.setCoverage(coverage);
		await this.settle();
	}

	/** Goes on with other options; what is known stays known. No batch comes between the old tracker and the new one. */
	setOptions(options: Partial<TrackerOptions>): Promise<void> {
		const { tracker } = this.#writer;
		const stored = this.settle();
		this.#lateness = options.lateness ?? 0;
		this.#countersBefore.push(tracker.counters);
		this.#writer = this.#newWriter(options, tracker.snapshot());
		return stored;
	}

	/** Closes an open incident on an operator's word; false if there is none. Resolves when it is stored. */
	async closeIncident(id: string, words: string): Promise<boolean> {
		const isClosed = this.#writer.tracker.close(id, words);
		await this.settle();
		return isClosed;
	}

	/** Adds what was found apart from the inputs; resolves when it is stored. */
	async witness(sightings: readonly Sighting[]): Promise<void> {
		for (const sighting of sightings) this.#writer.tracker.add(sighting);
		await this.settle();
	}

	/** Stores what happened so far. */
	settle(withSnapshot = false): Promise<void> {
		clearTimeout(this.#timer);
		this.#timer = undefined;
		const writer = this.#writer;
		this.#settling = this.#settling.then(() => this.#store(writer, withSnapshot));
		return this.#settling;
	}

	/** Runs the work between two writes: what happens meanwhile is stored and notified afterwards. */
	betweenWrites(work: () => Promise<void>): Promise<void> {
		const done = this.#settling.then(work);
		this.#settling = done.catch(() => {});
		return done;
	}

	/** Stores everything, for a new run to go on with. */
	async close(): Promise<void> {
		clearInterval(this.#ticker);
		await this.settle(true);
	}

	#newWriter(options: Partial<TrackerOptions>, snapshot: TrackerSnapshot | undefined): IncidentWriter {
		const { store, delivery, blockTimes } = this.#options;
		const tracker = new IncidentTracker({ ...options, isUrgent }, snapshot);
		tracker.setCoverage(this.#coverage);
		const onOutput = ({ events }: TrackerOutput): void => {
			for (const event of events) for (const listener of this.#listeners) listener(event);
		};
		return new IncidentWriter({ tracker, store, delivery, blockTimes, onOutput });
	}

	async #take(batch: DecidedBatch): Promise<void> {
		await this.#settling;
		const ceiling = this.#options.now() * 1000 + AHEAD;
		const arrived = (at: number): void => this.#clock.saw(Math.min(at, ceiling), performance.now());
		this.#writer.tracker.setCeiling(ceiling);
		for (const i of batch.reported) arrived(batch.flows.timeLast[i]!);
		for (const { at } of batch.dissents ?? []) arrived(at);
		this.#writer.take(batch);
		this.#timer ??= setTimeout(() => void this.settle(), SETTLE_MS);
	}

	#tick(): void {
		const now = this.#clock.now(performance.now(), this.#options.now());
		if (now !== null) this.#writer.tracker.advance(now - this.#lateness);
		void this.settle(performance.now() - this.#snapshotAt >= SNAPSHOT_MS);
	}

	/** Never rejects: a store that is gone is a failure of the daemon. */
	async #store(writer: IncidentWriter, snapshot: boolean): Promise<void> {
		if (snapshot) this.#snapshotAt = performance.now();
		try {
			await writer.commit({ snapshot });
		} catch (error) {
			this.#failure = `incidents cannot be stored: ${reasonOf(error)}`;
			this.#options.onFailure(this.#failure);
		}
	}
}
