import type { Arrival } from "./arrival.ts";
import type { FlowMemory } from "./flow-memory.ts";
import type { IncidentState } from "./incident-state.ts";
import type { TimeSlices } from "./time-slices.ts";

export const SNAPSHOT_VERSION = 1;

/** The memory of a tracker as plain data (JSON or structured clone). Times that are not known yet are null. */
export interface TrackerSnapshot {
	readonly version: number;
	readonly highest: number | null;
	readonly watermark: number | null;
	readonly now: number | null;
	readonly incidents: readonly IncidentState[];
	readonly pending: readonly Arrival[];
	readonly records: ReturnType<FlowMemory["entries"]>;
	readonly dissents: readonly [string, TimeSlices][];
	readonly serving: readonly string[];
}
