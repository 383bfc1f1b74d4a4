import type { Sighting } from "./sighting.ts";

/** All times in microseconds of flow time. */
export interface TrackerOptions {
	/** Sightings may come this much later than a younger one and still take their place in the order of time. */
	readonly lateness: number;
	/** An incident closes when its host was not seen for this long, and reopens if it is seen again within `reopenWithin`. */
	readonly closeAfter: number;
	readonly reopenWithin: number;
	readonly remindEvery: number;
	/** Incidents beyond these numbers: the quietest open one is closed early, the closed one closed longest ago is forgotten. */
	readonly mostOpen: number;
	readonly mostClosed: number;
	/** Sightings and dissents that wait for older ones; beyond it the oldest do not wait any longer. */
	readonly mostPending: number;
	/** Pairs of host and server of which only ordinary flows are known; servers known from their miners. */
	readonly mostPairs: number;
	/** Flow records that are remembered, so that each counts once. */
	readonly mostRecords: number;
	/** Whether an address (text) is one of `networks.ours`; absent: not known of any. */
	readonly isOurs?: (address: string) => boolean;
	/** The name of the address's network (`networks.names`). */
	readonly networkName?: (address: string) => string | undefined;
	/**
	 * Sightings that do not wait for older ones, for live inputs where seconds count. What they open or change is told at
	 * once; the events of a host then depend on the order of arrival within the allowed lateness.
	 */
	readonly isUrgent?: (sighting: Sighting) => boolean;
}

export const TRACKER_DEFAULTS: TrackerOptions = {
	lateness: 300e6,
	closeAfter: 3600e6,
	reopenWithin: 86_400e6,
	remindEvery: 86_400e6,
	mostOpen: 100_000,
	mostClosed: 100_000,
	mostPending: 65_536,
	mostPairs: 65_536,
	mostRecords: 131_072,
};

export interface TrackerCounters {
	sightings: number;
	dissents: number;
	/** Records that were counted before: read again, or seen at a second place. */
	duplicates: number;
	/** Arrivals older than the allowed lateness; they count, but out of order. */
	late: number;
	/** Arrivals without a usable time. */
	malformed: number;
	/** Arrivals whose time was beyond the ceiling. */
	fromTheFuture: number;
	/** Arrivals that could not wait for older ones because too many waited. */
	hurried: number;
	/** Incidents closed because too many were open; incidents forgotten because too many were closed. */
	closedEarly: number;
	forgottenEarly: number;
}

export function newTrackerCounters(): TrackerCounters {
	return {
		sightings: 0,
		dissents: 0,
		duplicates: 0,
		late: 0,
		malformed: 0,
		fromTheFuture: 0,
		hurried: 0,
		closedEarly: 0,
		forgottenEarly: 0,
	};
}
