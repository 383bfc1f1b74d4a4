import { packetRhythm } from "../../incident/packet-rhythm.ts";
import type { Sighting } from "../../incident/sighting.ts";
import type { Rhythm } from "../api-types.ts";
import type { BlockTime } from "../daemon-view.ts";

/** Flows in the picture; the newest ones. */
const MOST_FLOWS = 40;

/** The packets of an incident's flows over time, and the block times between them. */
export function rhythmOf(
	sightings: readonly Sighting[],
	blockTimes: (coin: string, from: number, until: number) => readonly BlockTime[],
): Rhythm {
	const shown = sightings.filter(({ packets }) => packets !== undefined).slice(-MOST_FLOWS);
	const flows = shown.map(({ begin, at, pool, miner, packets }) => ({
		begin,
		end: at,
		pool,
		minerPort: miner.port,
		packets: packetRhythm(packets!),
	}));
	const coins = new Set(shown.flatMap(({ explanation: { coin } }) => coin ?? []));
	const from = Math.min(...flows.map(({ begin }) => begin));
	const until = Math.max(...flows.map(({ end }) => end));
	const blocks = flows.length === 0 ? [] : [...coins].flatMap((coin) => blockTimes(coin, from, until));
	return { flows, blocks: blocks.toSorted((a, b) => a.at - b.at) };
}
