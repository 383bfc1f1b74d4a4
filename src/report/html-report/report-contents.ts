import type { Confidence, EventKind, Incident } from "../../incident/incident.ts";
import type { Sighting } from "../../incident/sighting.ts";
import type { Totals } from "../totals.ts";

/** All that a report says, as plain data. */
export interface ReportContents {
	readonly origin: ReportOrigin;
	/** When it was made, milliseconds since the epoch. */
	readonly made: number;
	readonly inputs: readonly ReportInput[];
	readonly totals: Totals;
	readonly hosts: readonly ReportedHost[];
	/** Incidents that have no place in the report any more: the least certain ones. */
	readonly furtherIncidents: number;
	/** What went wrong, one sentence each. */
	readonly failures: readonly string[];
}

/** How it was judged. */
export interface ReportOrigin {
	readonly version: string;
	/** The command line. */
	readonly command: string;
	readonly model: { readonly name: string; readonly origin: string; readonly sha256: string };
	readonly thresholds: { readonly ml: number; readonly dst: number };
	/** Deviations from the usual rules, one sentence each: `--compat`, `--conversations` … */
	readonly rules: readonly string[];
}

export interface ReportInput {
	readonly name: string;
	/** Absent where the input cannot be read a second time. */
	readonly sha256?: string;
	readonly bytes: number;
	readonly packets: number;
	readonly flows: number;
	readonly malformed: number;
}

/** One incident with what the report shows of its flows. */
export interface ReportedHost {
	readonly incident: Incident;
	readonly events: readonly ReportedEvent[];
	/** The flows with the highest scores, strongest first. */
	readonly flows: readonly Sighting[];
	/** Time and score of all flows, up to a bound. */
	readonly scores: readonly { readonly at: number; readonly score: number | undefined }[];
}

export interface ReportedEvent {
	/** Microseconds since the epoch. */
	readonly at: number;
	readonly kind: EventKind;
	/** After the event. */
	readonly confidence: Confidence;
}
