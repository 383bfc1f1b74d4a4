import { constants, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import type { Bus, Log } from "./bus.ts";
import type { Progress } from "./sighting-message.ts";

/** NATS takes messages of up to 1 MiB. */
const CHUNK_BYTES = 512 << 10;
/** The memory of one partition, decompressed. */
const MOST_BYTES = 1 << 30;

/** Stores the memory of a partition in pieces. Returns the sequences of the first and the last piece. */
export async function storeMemory(bus: Bus, partition: number, memory: Uint8Array): Promise<[number, number]> {
	const log = logOf(partition);
	const packed = zstdCompressSync(memory, { params: { [constants.ZSTD_c_compressionLevel]: 1 } });
	let [first, last] = [0, 0];
	for (let at = 0; at < packed.length; at += CHUNK_BYTES) {
		last = await bus.append(log, { headers: { schema: "1" }, body: packed.subarray(at, at + CHUNK_BYTES) });
		first ||= last;
	}
	return [first, last];
}

/** The memory that a commit points to; undefined where there is none, or a piece of it is gone. */
export async function loadMemory(
	bus: Bus,
	partition: number,
	{ memoryFirst, memoryLast }: Progress,
	signal: AbortSignal,
): Promise<Uint8Array | undefined> {
	const log = logOf(partition);
	if (memoryLast === 0 || ((await bus.last(log))?.sequence ?? 0) < memoryLast) return undefined;
	const pieces: Uint8Array[] = [];
	for await (const { sequence, body } of bus.read(log, memoryFirst, signal)) {
		if (sequence > memoryLast) return undefined;
		pieces.push(body);
		if (sequence === memoryLast) break;
	}
	try {
		return zstdDecompressSync(Buffer.concat(pieces), { maxOutputLength: MOST_BYTES });
	} catch {
		return undefined;
	}
}

/** Drops the memories before the one that starts at `first`. */
export function forgetMemories(bus: Bus, partition: number, first: number): Promise<void> {
	return bus.trim(logOf(partition), first);
}

function logOf(partition: number): Log {
	return { family: "memories", key: String(partition) };
}
