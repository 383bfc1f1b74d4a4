import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { benchCapture } from "./meter-capture.ts";

/**
 * The cost of copying a file from the system's cache, by the offset of reads within a page of the file. Large memory
 * begins 16 bytes after a page boundary (glibc's allocator): reads that begin shortly before that offset are slow on
 * processors whose `rep movsb` depends on it (`src/bytes/regular-file.ts`).
 */
const ROUNDS = 5;
const CHUNK = 1 << 18;
/** Large enough for a direct allocation by the system: smaller memory may be reused and begin at any offset. */
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
