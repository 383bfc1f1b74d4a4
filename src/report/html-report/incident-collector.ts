import { CONFIDENCES, type Incident } from "../../incident/incident.ts";
import type { Sighting } from "../../incident/sighting.ts";
import { sightingOf } from "../../incident/sighting-of.ts";
import { IncidentTracker } from "../../incident/tracker.ts";
import type { DecidedBatch } from "../verdict-sink.ts";
import type { ReportedEvent, ReportedHost } from "./report-contents.ts";

/** Flows whose packets are kept for pictures, flows whose scores are kept, and events, of each incident. */
const MOST_FLOWS = 3;
const MOST_SCORES = 200;
const MOST_EVENTS = 50;

interface Collected {
	incident: Incident;
	readonly events: ReportedEvent[];
	flows: Sighting[];
	readonly scores: { at: number; score: number | undefined }[];
}

/** Decided batches in, incidents with their strongest flows out. Memory is bounded for each incident, and by the tracker. */
export class IncidentCollector {
	readonly #tracker = new IncidentTracker();
	readonly #collected = new Map<string, Collected>();

	take(batch: DecidedBatch): void {
		for (const i of batch.reported) {
			if (batch.verdicts.reasons[i] !== 0) this.#tracker.add(sightingOf(batch, i));
		}
		for (const dissent of batch.dissents ?? []) this.#tracker.dissent(dissent);
		this.#collect();
	}

	/** All incidents, the most certain first; call it once, after the last batch. */
	finish(): ReportedHost[] {
		this.#tracker.flush();
		this.#collect();
		return [...this.#collected.values()].sort((a, b) => mostCertainFirst(a.incident, b.incident));
	}

	#collect(): void {
		const { updated, sightings, events } = this.#tracker.take();
		for (const { incident } of updated) {
			const known = this.#collected.get(incident.id);
			if (known) known.incident = incident;
			else this.#collected.set(incident.id, { incident, events: [], flows: [], scores: [] });
		}
		for (const { kind, at, incident } of events) {
			const known = this.#collected.get(incident.id);
			if (known && known.events.length < MOST_EVENTS) known.events.push({ kind, at, confidence: incident.confidence });
		}
		for (const { incident, sighting } of sightings) {
			const known = this.#collected.get(incident);
			if (known) keep(known, sighting);
		}
	}
}

function keep(known: Collected, sighting: Sighting): void {
	const { at, packets } = sighting;
	if (known.scores.length < MOST_SCORES) known.scores.push({ at, score: strength(sighting) });
	if (packets === undefined) return;
	const flows = [...known.flows, sighting].sort((a, b) => (strength(b) ?? 0) - (strength(a) ?? 0));
	known.flows = flows.slice(0, MOST_FLOWS);
}

function strength({ explanation: { score, probability } }: Sighting): number | undefined {
	return score ?? probability;
}

function mostCertainFirst(a: Incident, b: Incident): number {
	return (
		CONFIDENCES.indexOf(b.confidence) - CONFIDENCES.indexOf(a.confidence) ||
		b.score - a.score ||
		b.flows - a.flows ||
		(a.host.address < b.host.address ? -1 : 1)
	);
}
