import { createHash } from "node:crypto";
import { createReadStream, statSync } from "node:fs";
import { type SourceCounters, totalMalformed } from "../../bytes/counters.ts";
import type { ReportInput } from "./report-contents.ts";

/** Inputs that the report lists by name; a directory may hold any number of files. */
const MOST_INPUTS = 10_000;

/** Which inputs were read, what they counted, and their hashes. */
export class InputRecord {
	readonly #counters = new Map<string, SourceCounters>();

	opened(name: string, counters: SourceCounters): void {
		if (this.#counters.size < MOST_INPUTS) this.#counters.set(name, counters);
	}

	/** Files are read once more for their hash (FIPS 180-4), so that the report names exactly what was judged. */
	async inputs(): Promise<ReportInput[]> {
		const inputs: ReportInput[] = [];
		for (const [name, counters] of this.#counters) {
			const sha256 = await sha256OfFile(name);
			inputs.push({
				name,
				...(sha256 !== undefined && { sha256 }),
				bytes: counters.bytesTotal || counters.bytesRead,
				packets: counters.packets,
				flows: counters.flows,
				malformed: totalMalformed(counters),
			});
		}
		return inputs;
	}
}

/** In hexadecimal; undefined for what is not a regular file or cannot be read any more. */
export async function sha256OfFile(path: string): Promise<string | undefined> {
	try {
		if (!statSync(path).isFile()) return undefined;
		const hash = createHash("sha256");
		for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
		return hash.digest("hex");
	} catch {
		return undefined;
	}
}
