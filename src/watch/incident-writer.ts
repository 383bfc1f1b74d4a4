import { REASON } from "../detect/verdicts.ts";
import type { BlockTimeWatch } from "../incident/block-times/block-time-watch.ts";
import type { Coverage } from "../incident/coverage.ts";
import { DECIDED_BY_PROBE } from "../incident/probe-sighting.ts";
import type { Sighting } from "../incident/sighting.ts";
import { sightingOf } from "../incident/sighting-of.ts";
import type { IncidentTracker, TrackerOutput } from "../incident/tracker.ts";
import type { Delivery } from "../notify/delivery.ts";
import type { Totals } from "../report/totals.ts";
import { type DecidedBatch, type VerdictSink, verdictSink } from "../report/verdict-sink.ts";
import type { IncidentStore } from "../store/incident-store.ts";

export interface IncidentWriterParts {
	readonly tracker: IncidentTracker;
	/** Absent: incidents live as long as the tracker. */
	readonly store?: IncidentStore;
	/** Absent: nobody is notified. With a store it must deliver from the store's outbox. */
	readonly delivery?: Delivery;
	/** Finds servers that follow the blocks of a coin; pipelines must collect pushes then (`wantsPushes`). */
	readonly blockTimes?: BlockTimeWatch;
	/** VLAN or observation domain of an input, where the configuration names one. */
	readonly domainOf?: (input: string) => string | undefined;
	/** Told of everything that happened, after the store has it. */
	readonly onOutput?: (output: TrackerOutput) => Promise<void> | void;
}

/** What the verdict sink of a writer adds to it. */
export interface WriterSinkOptions {
	readonly name: string;
	readonly tellsTotals?: true;
	/** After the last incidents were written. */
	readonly onClose?: (totals: Totals) => Promise<void>;
	/** The run failed: `onClose` is not called. */
	readonly onAbandon?: () => Promise<void>;
}

/**
 * Takes verdicts to the incident tracker, and what the tracker says to the store and the receivers: an event is in the store's
 * outbox in the transaction that writes its incident.
 */
export class IncidentWriter {
	readonly tracker: IncidentTracker;
	readonly #parts: IncidentWriterParts;
	/** Resolves when the last commit is done: outputs of the tracker are written in their order. */
	#last: Promise<unknown> = Promise.resolve();

	constructor(parts: IncidentWriterParts) {
		this.tracker = parts.tracker;
		this.#parts = parts;
	}

	/** Sightings of the batch's miners, its dissents, and what its pushes show. */
	take(batch: DecidedBatch): void {
		const domain = this.#parts.domainOf?.(batch.input);
		for (const i of batch.reported)
			if (batch.verdicts.reasons[i] !== REASON.NONE) this.tracker.add(sightingOf(batch, i, domain));
		for (const dissent of batch.dissents ?? [])
			this.tracker.dissent(domain === undefined ? dissent : { ...dissent, domain });
		const { blockTimes } = this.#parts;
		for (const record of batch.pushes ?? []) blockTimes?.observe(domain === undefined ? record : { ...record, domain });
		this.#addFollowers();
	}

	/** The allowlist from now on, also for open incidents. */
	async setCoverage(coverage: Coverage): Promise<void> {
		this.tracker.setCoverage(coverage);
		await this.commit();
	}

	/** The clock of live inputs: nothing older than `watermark` (microseconds since the epoch) will come, what is due happens. */
	async advance(watermark: number): Promise<void> {
		this.tracker.advance(watermark);
		await this.commit();
	}

	/** Writes what happened since the last commit; with `snapshot` also what the tracker remembers apart from incidents. */
	commit({ snapshot = false } = {}): Promise<void> {
		const committed = this.#last.then(() => this.#commit(snapshot));
		this.#last = committed.catch(() => {});
		return committed;
	}

	/** The inputs have ended: what waited for older flows counts now. */
	async finish(): Promise<void> {
		this.#parts.blockTimes?.flush();
		this.#addFollowers();
		this.tracker.flush();
		await this.commit({ snapshot: true });
	}

	/** The outlet of a run that feeds this tracker. */
	sink({ name, tellsTotals, onClose, onAbandon }: WriterSinkOptions): VerdictSink {
		return verdictSink(name, {
			wantsDissents: true,
			...(this.#parts.blockTimes && { wantsPushes: true }),
			...(tellsTotals && { tellsTotals }),
			write: async (batch) => {
				this.take(batch);
				await this.commit();
			},
			close: async (totals) => {
				await this.finish();
				await onClose?.(totals);
			},
			...(onAbandon && { abandon: onAbandon }),
		});
	}

	#addFollowers(): void {
		for (const sighting of this.#parts.blockTimes?.take() ?? []) this.tracker.add(sighting);
	}

	async #commit(snapshot: boolean): Promise<void> {
		const { store, delivery, onOutput } = this.#parts;
		const output = this.tracker.take();
		if (!snapshot && isEmpty(output)) return;
		if (store) {
			// The states in `output` are the tracker's own: `record` posts them before anything else can change them.
			const outbox = delivery?.rowsOf(output.events) ?? [];
			await store.record({ ...output, outbox, ...(snapshot && { snapshot: this.tracker.snapshot() }) });
			if (outbox.length > 0) delivery?.wake();
		} else if (delivery) for (const event of output.events) await delivery.notify(event);
		await onOutput?.(output);
	}
}

/** For `TrackerOptions.isUrgent` of live inputs: what payload or a probe says is certain, and an early report is early for a reason. */
export function isUrgent({ part, decidedBy }: Sighting): boolean {
	return part === "early" || decidedBy === "stratum" || decidedBy === DECIDED_BY_PROBE;
}

function isEmpty({ events, updated, forgotten, sightings, hits }: TrackerOutput): boolean {
	return (
		events.length === 0 && updated.length === 0 && forgotten.length === 0 && sightings.length === 0 && hits.size === 0
	);
}
