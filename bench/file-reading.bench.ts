import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { benchCapture } from "./meter-capture.ts";

/**
 * What copying a file out of the system's cache costs, by where the reads begin within a page of the file. Large memory
 * begins 16 bytes behind the beginning of a page (glibc's allocator): reads that begin just before that are slow on
 * processors whose `rep movsb` minds it (`src/bytes/regular-file.ts`).
 */
const ROUNDS = 5;
const CHUNK = 1 << 18;
/** So large that the allocator asks the system for it: smaller memory may come back from other use, and begin anywhere. */
const LARGE = 1 << 26;
const path = await benchCapture();

const fastest = new Map([0, 8, 16, 64, 2048, 4032].map((begin) => [begin, Infinity]));
let size = 0;
for (let round = 0; round < ROUNDS; round++) {
	for (const [begin, before] of fastest) {
		const descriptor = openSync(path, "r");
		size = fstatSync(descriptor).size;
		const memory = new Uint8Array(new ArrayBuffer(LARGE), 0, CHUNK);
		const started = performance.now();
		if (begin > 0) readSync(descriptor, memory, 0, begin, null);
		while (readSync(descriptor, memory, 0, CHUNK, null) > 0);
		fastest.set(begin, Math.min(before, performance.now() - started));
		closeSync(descriptor);
	}
}
console.log(`${Math.round(size / 1e6)} MB in reads of ${CHUNK >> 10} KiB, best of ${ROUNDS}:`);
for (const [begin, milliseconds] of fastest) {
	const rate = (size / 1e6 / milliseconds).toFixed(1).padStart(5);
	const ratio = (milliseconds / fastest.get(2048)!).toFixed(1);
	console.log(
		`  reads begin ${String(begin).padStart(4)} bytes into a page: ${rate} GB/s, ${ratio} times as long as at 2048`,
	);
}
