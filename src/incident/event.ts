import type { EventKind, IncidentEvent } from "./incident.ts";
import { type IncidentState, incidentOf } from "./incident-state.ts";
import { hostText, incidentWords, quoted } from "./words.ts";

/** Why an incident may be told: the kind of the event, if there is one yet, and the new facts. */
export interface Occasion {
	readonly state: IncidentState;
	readonly kind?: EventKind;
	/** `pool pool.example`, `coin Monero`, `role proxy`; may quote text from the network. */
	readonly news: string[];
}

/** The event of an occasion; the state's sequence number has been raised for it. */
export function eventOf({ state, kind, news }: Occasion & { readonly kind: EventKind }, at: number): IncidentEvent {
	const incident = incidentOf(state);
	const sentence = incidentWords(incident);
	return { kind, sequence: incident.sequence, at, words: wordsOf(), incident };

	function wordsOf(): string {
		const facts = news.map(quoted).join(", ");
		switch (kind) {
			case "opened":
				return facts === "" ? sentence : `${facts}: ${sentence}`;
			case "escalated":
				return `${hostText(incident)} is now ${incident.confidence}: ${sentence}`;
			case "changed":
				return `new ${facts}: ${sentence}`;
			case "grown":
				return `${incident.flows} flows by now: ${sentence}`;
			case "reminder":
				return `still open: ${sentence}`;
			case "closed":
				return facts === "" ? `closed: ${sentence}` : `${facts}: ${sentence}`;
			case "reopened":
				return `reopened: ${sentence}`;
		}
	}
}
