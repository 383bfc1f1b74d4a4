/** Reasons of records that were lost for lack of room, with the place where they were lost. */
const PLACES: Readonly<Record<string, string>> = { "datagram dropped, too many waited": "queue" };

/** Sources count both by reason: what was lost for lack of room, by place, and what could not be used. */
export function dropsAndFaults(malformed: ReadonlyMap<string, number>) {
	const drops = new Map<string, number>();
	const faults = new Map<string, number>();
	for (const [reason, times] of malformed) {
		const place = PLACES[reason];
		if (place === undefined) faults.set(reason, times);
		else drops.set(place, (drops.get(place) ?? 0) + times);
	}
	return { drops, malformed: faults };
}
