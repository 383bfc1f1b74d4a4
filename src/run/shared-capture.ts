import { PLACES } from "../capture/shard.ts";
import type { OpenedInput } from "../input/input-options.ts";
import { mergeShards } from "../meter/merge-shards.ts";
import { DEFAULT_MAXIMUM_FLOWS } from "../meter/meter-defaults.ts";
import type { ReadOptions } from "./metering-purpose.ts";

/** Opens an input on some thread. */
export type Opener = (options: ReadOptions) => Promise<OpenedInput | undefined>;

/** Packets of a capture that all meters have seen when each gives its next batch. */
export const PACKETS_PER_ROUND = 1 << 15;

/** The part of the work that this thread does with the flows of all meters, and the least part of the packets that it takes. */
const FLOWS_WORK = 0.15;
const LEAST_SHARE = 0.25;

/**
 * A capture that this thread and others meter side by side, each its shard. What turns out to be no capture is left to the
 * first of the others.
 */
export async function openShared(
	here: Opener,
	others: readonly Opener[],
	options: ReadOptions,
): Promise<OpenedInput | undefined> {
	const places = placesOf(others.length + 1);
	const first = await here(ofShard(options, 0, places[0]!));
	if (first === undefined) return undefined;
	if (!first.isCapture) {
		await first.source[Symbol.asyncDispose]();
		return others[0]!(options);
	}
	const opening = others.map((open, i) => open(ofShard(options, places[i]!, places[i + 1]!)));
	const opened = await Promise.allSettled(opening);
	const sources = [first.source];
	for (const result of opened) if (result.status === "fulfilled" && result.value) sources.push(result.value.source);
	if (sources.length === places.length) return { ...first, source: mergeShards(sources) };
	await mergeShards(sources)[Symbol.asyncDispose]();
	for (const result of opened) if (result.status === "rejected") throw result.reason;
	return undefined;
}

/** The end positions of the shards of this many meters, this thread's first. */
function placesOf(meters: number): number[] {
	const here = Math.max((1 / meters - FLOWS_WORK) / (1 - FLOWS_WORK), LEAST_SHARE / meters);
	const there = (1 - here) / (meters - 1);
	return Array.from({ length: meters }, (_, i) => Math.round(PLACES * (here + i * there)));
}

/** The table is divided as the packets are. */
function ofShard({ metering, ...options }: ReadOptions, begin: number, end: number): ReadOptions {
	const maximumFlows = Math.ceil(((metering.maximumFlows ?? DEFAULT_MAXIMUM_FLOWS) * (end - begin)) / PLACES);
	const shard = { begin, end };
	return { ...options, metering: { ...metering, maximumFlows, shard, packetsPerRound: PACKETS_PER_ROUND } };
}
