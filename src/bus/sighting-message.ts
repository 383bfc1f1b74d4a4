import { constants, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { DeCryptoError, reasonOf } from "../bytes/error.ts";
import type { Dissent, Sighting } from "../incident/sighting.ts";
import type { BusMessage } from "./bus.ts";

/**
 * What a worker appends to the log `sightings` of its partition. Every message says how far the worker has come, so that the
 * last one is all that a successor needs to know:
 *
 * - `fence`: a new owner has come; the chain of `after` keeps the one before from appending any more.
 * - `sightings`: what the flows up to `position` gave.
 * - `snapshot`: the memory that includes the flows up to `memoryPosition` is in the log `memories`, from `memoryFirst` to
 *   `memoryLast`.
 */
export const KINDS = ["fence", "sightings", "snapshot"] as const;
export type CommitKind = (typeof KINDS)[number];

/** How far the owner of a partition has come; sequences of the logs `flows` and `memories`. 0: nothing yet. */
export interface Progress {
	/** Flows up to here have given their sightings. */
	readonly position: number;
	readonly memoryPosition: number;
	readonly memoryFirst: number;
	readonly memoryLast: number;
}

export const NO_PROGRESS: Progress = { position: 0, memoryPosition: 0, memoryFirst: 0, memoryLast: 0 };

/** Reported flows, and flows that speak against earlier reports. */
export interface SightingBatch {
	readonly sightings: readonly Sighting[];
	readonly dissents: readonly Dissent[];
}

export const NO_SIGHTINGS: SightingBatch = { sightings: [], dissents: [] };

/** `owner` is the owner's lease: its fencing token. */
export function commitMessage(
	kind: CommitKind,
	owner: number,
	progress: Progress,
	batch: SightingBatch = NO_SIGHTINGS,
): BusMessage {
	const { position, memoryPosition, memoryFirst, memoryLast } = progress;
	const headers = {
		schema: "1",
		kind,
		owner: String(owner),
		position: String(position),
		memoryPosition: String(memoryPosition),
		memoryFirst: String(memoryFirst),
		memoryLast: String(memoryLast),
	};
	if (kind !== "sightings") return { headers, body: new Uint8Array(0) };
	const params = { [constants.ZSTD_c_compressionLevel]: 1 };
	return { headers, body: zstdCompressSync(JSON.stringify(batch), { params }) };
}

export function progressOf({ headers }: BusMessage): Progress {
	const number = (name: string): number => {
		const value = Number(headers[name] ?? 0);
		return Number.isSafeInteger(value) && value >= 0 ? value : 0;
	};
	return {
		position: number("position"),
		memoryPosition: number("memoryPosition"),
		memoryFirst: number("memoryFirst"),
		memoryLast: number("memoryLast"),
	};
}

export function ownerOf({ headers }: BusMessage): number {
	return Number(headers.owner ?? 0);
}

/** What one message may become: far more than a worker puts into one. */
const MOST_BYTES = 64 << 20;

/** The sightings of a message; none for the other kinds. Throws a `DeCryptoError` (code `bus-batch`) where it cannot be read. */
export function sightingsOf({ headers, body }: BusMessage): SightingBatch {
	if (headers.kind !== "sightings") return NO_SIGHTINGS;
	try {
		const text = zstdDecompressSync(body, { maxOutputLength: MOST_BYTES }).toString();
		const { sightings, dissents } = JSON.parse(text) as Partial<SightingBatch>;
		if (Array.isArray(sightings) && Array.isArray(dissents)) return { sightings, dissents };
	} catch (error) {
		throw new DeCryptoError("bus-batch", `sightings: ${reasonOf(error)}`);
	}
	throw new DeCryptoError("bus-batch", "sightings: no lists of sightings and dissents");
}
