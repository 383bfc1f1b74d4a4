import type { PacketList, Sighting } from "../../incident/sighting.ts";
import type { Rhythm } from "../api-types.ts";
import type { BlockTime } from "../daemon-view.ts";

/** A silence of this many microseconds ends a burst; the same half second as in the detector's features. */
const SILENCE = 500_000;

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
		packets: packetsOf(packets!),
	}));
	const coins = new Set(shown.flatMap(({ explanation: { coin } }) => coin ?? []));
	const from = Math.min(...flows.map(({ begin }) => begin));
	const until = Math.max(...flows.map(({ end }) => end));
	const blocks = flows.length === 0 ? [] : [...coins].flatMap((coin) => blockTimes(coin, from, until));
	return { flows, blocks: blocks.toSorted((a, b) => a.at - b.at) };
}

/** Without packets that carry no payload. */
function packetsOf({ lengths, directions, times }: PacketList): Rhythm["flows"][number]["packets"] {
	const packets: Rhythm["flows"][number]["packets"] = [];
	let last = -Infinity;
	for (let i = 0; i < lengths.length; i++) {
		const [length, at] = [lengths[i]!, times[i] ?? 0];
		if (length === 0) continue;
		const fromMiner = directions[i] === 1;
		packets.push({ at, length, fromMiner, isPush: !fromMiner && packets.length > 0 && at - last > SILENCE });
		last = at;
	}
	return packets;
}
