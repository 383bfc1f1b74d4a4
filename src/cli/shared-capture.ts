import { closeSync, openSync, readSync, statSync } from "node:fs";
import { CAPTURE_HEAD, isCapture } from "../capture/packet-reader.ts";
import { mergeShards } from "../meter/merge-shards.ts";
import { DEFAULT_MAXIMUM_FLOWS } from "../meter/meter.ts";
import type { Shard } from "../meter/shard.ts";
import type { NamedInput } from "./input-list.ts";
import { type InputOptions, type OpenedInput, openInput } from "./open-input.ts";

/** How much of a capture is metered here; the flows of all of it are judged here, too. */
const SHARE_HERE = 0.35;

/** Bytes below which a capture is not worth sharing; its flows then come in the order in which one thread has them. */
const WORTH_SHARING = 1 << 25;

/**
 * Whether two threads should read the input side by side: a large capture in a file, which is neither to be unpacked nor
 * filtered first.
 */
export function canBeShared({ name }: NamedInput, { filter }: InputOptions): boolean {
	if (filter !== undefined) return false;
	try {
		const stat = statSync(name);
		return stat.isFile() && stat.size >= WORTH_SHARING && isCapture(headOf(name));
	} catch {
		// Whoever opens it says what is wrong with it.
		return false;
	}
}

/** A capture that is read here and where `openThere` opens it, each metering its share; see {@link mergeShards}. */
export async function openShared(
	openThere: (input: NamedInput, options: InputOptions) => Promise<OpenedInput | undefined>,
	input: NamedInput,
	options: InputOptions,
): Promise<OpenedInput | undefined> {
	const there = await openThere(input, share(options, { begin: SHARE_HERE, end: 1 }));
	if (!there) return undefined;
	const here = await openInput(input, share(options, { begin: 0, end: SHARE_HERE }), () => false);
	return here && { ...here, source: mergeShards(here.source, there.source) };
}

/** The table is divided as the packets are. */
function share({ metering, ...options }: InputOptions, shard: Shard): InputOptions {
	const flows = metering.maximumFlows ?? DEFAULT_MAXIMUM_FLOWS;
	const maximumFlows = Math.ceil(flows * (shard.end - shard.begin));
	return { ...options, metering: { ...metering, maximumFlows, shard } };
}

function headOf(path: string): Uint8Array {
	const head = new Uint8Array(CAPTURE_HEAD);
	const file = openSync(path, "r");
	try {
		return head.subarray(0, readSync(file, head));
	} finally {
		closeSync(file);
	}
}
