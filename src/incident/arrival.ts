import type { Dissent, Sighting } from "./sighting.ts";

/** A sighting or dissent that waits for its turn. */
export type Arrival =
	| { readonly at: number; readonly sighting: Sighting; readonly dissent?: never }
	| { readonly at: number; readonly dissent: Dissent; readonly sighting?: never };

/**
 * The order in which a tracker takes arrivals in: by time, then by contents. It is total but for equal arrivals, so that
 * the order of arrival within the allowed lateness does not matter.
 */
export function compareArrivals(a: Arrival, b: Arrival): number {
	if (a.at !== b.at) return a.at - b.at;
	const [aKey, bKey] = [shortKey(a), shortKey(b)];
	if (aKey !== bKey) return aKey < bKey ? -1 : 1;
	const [aText, bText] = [JSON.stringify(a), JSON.stringify(b)];
	return aText < bText ? -1 : aText > bText ? 1 : 0;
}

/** Sightings before dissents; then what distinguishes nearly all flows. */
function shortKey({ sighting, dissent }: Arrival): string {
	if (dissent) {
		return `2|${dissent.client.address}|${dissent.client.port}|${dissent.server.address}|${dissent.server.port}`;
	}
	const { miner, pool, begin, part } = sighting;
	return `1|${miner.address}|${miner.port}|${pool.address}|${pool.port}|${begin}|${part ?? ""}`;
}
