import { open } from "node:fs/promises";
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { type ByteSource, byteSourceOf } from "./byte-source.ts";

const CHUNK_SIZE = 1 << 20;
const POLL_MS = 250;

/**
 * A file that another process still writes: at its end, reading waits for more until `isComplete` returns true and one
 * more read finds nothing. A file shorter than the part already read was truncated: reading ends, and the
 * caller opens it again. `close` ends the waiting at once.
 */
export function openGrowingFile(path: string, isComplete: () => boolean): ByteSource {
	const closing = new AbortController();
	const stream = Readable.from(growing(path, isComplete, closing.signal));
	// A generator that sleeps ignores return(): destroying the stream would wait for bytes that may never arrive.
	const destroy = stream._destroy.bind(stream);
	stream._destroy = (error, done) => {
		closing.abort();
		destroy(error, done);
	};
	return byteSourceOf(path, stream);
}

async function* growing(path: string, isComplete: () => boolean, closing: AbortSignal): AsyncGenerator<Uint8Array> {
	const file = await open(path);
	let offset = 0;
	try {
		while (!closing.aborted) {
			const wasComplete = isComplete();
			const { bytesRead, buffer } = await file.read({ buffer: new Uint8Array(CHUNK_SIZE) });
			offset += bytesRead;
			if (bytesRead > 0) yield buffer.subarray(0, bytesRead);
			else if (wasComplete || (await file.stat()).size < offset) return;
			else await sleep(POLL_MS, undefined, { signal: closing }).catch(() => {});
		}
	} finally {
		await file.close();
	}
}
