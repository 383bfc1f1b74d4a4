import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { gunzipSync } from "node:zlib";
import { sharedPath } from "../lab/shared-data.ts";
import { byteSourceOf } from "../src/bytes/byte-source.ts";
import { meterCapture } from "../src/meter/meter-capture.ts";

// What push times cost the meter: `node bench/meter-pushes.ts [ROUNDS]`. CPU time, both ways in turn.

const rounds = Number(process.argv[2] ?? 15);
const folder = sharedPath("data/captures/cj-sniffer");
if (folder === undefined) console.log("skipped: the captures are not there");
else {
	const captures = readdirSync(folder).map((name) => gunzipSync(readFileSync(join(folder, name))));
	const times: Record<"without" | "with", number[]> = { without: [], with: [] };
	for (let round = 0; round <= rounds; round++) {
		for (const pushTimes of round % 2 === 0 ? [false, true] : [true, false]) {
			const before = process.cpuUsage();
			for (const bytes of captures) await metered(bytes, pushTimes);
			const { user, system } = process.cpuUsage(before);
			// The first round compiles.
			if (round > 0) times[pushTimes ? "with" : "without"].push((user + system) / 1000);
		}
	}
	const [plain, pushes] = [median(times.without), median(times.with)];
	const cost = (100 * (pushes - plain)) / plain;
	console.log(
		`without ${plain.toFixed(0)} ms, with push times ${pushes.toFixed(0)} ms: ${cost.toFixed(1)} % (median of ${rounds})`,
	);
}

async function metered(bytes: Uint8Array, pushTimes: boolean): Promise<void> {
	const source = meterCapture(byteSourceOf("capture", Readable.from([bytes])), { pushTimes, flowIds: true });
	for await (const _ of source);
}

function median(values: number[]): number {
	return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}
