import { readdirSync } from "node:fs";
import { parseArgs } from "node:util";
import { sharedPath } from "../lab/shared-data.ts";
import { openByteSource } from "../src/bytes/byte-source.ts";
import { PacketReader } from "../src/capture/packet-reader.ts";
import { fuzzMeter } from "../src/meter/fuzz.testing.ts";

/**
 * Mutated real captures through decoder and meter: `node bench/fuzz-packets.ts [--packets 10000000] [--seconds 600] [--seed 1]`.
 * Ends with an exception, a wrong count, or one line with the number of packets tried.
 */
const { values } = parseArgs({
	options: {
		packets: { type: "string", default: "10000000" },
		seconds: { type: "string", default: "600" },
		seed: { type: "string", default: "1" },
	},
});
const packets = Number(values.packets);
const deadline = performance.now() + Number(values.seconds) * 1000;
let seed = Number(values.seed);
let tried = 0;
let flows = 0;
let highestMemory = 0;
const begun = performance.now();
const frames = await realFrames();
console.log(`${frames.length} frames of real captures, mutated from seed ${seed} on`);
while (tried < packets && performance.now() < deadline) {
	const outcome = fuzzMeter(frames, { seed: seed++, packets: 200_000 });
	tried += outcome.packets;
	flows += outcome.flows;
	highestMemory = Math.max(highestMemory, process.memoryUsage().rss);
}
const seconds = (performance.now() - begun) / 1000;
console.log(
	`${tried} packets, ${flows} flows, ${seconds.toFixed(0)} s: no exception, no packet lost, at most ${Math.round(highestMemory / 1e6)} MB`,
);

/** Frames of every capture of the reference data, at most a few thousand of each. */
async function realFrames(): Promise<{ linkType: number; bytes: Uint8Array }[]> {
	const captures = sharedPath("data/captures");
	if (captures === undefined)
		throw new Error("the fuzz run mutates the captures of ../shared/data/captures, which are absent");
	const frames: { linkType: number; bytes: Uint8Array }[] = [];
	for (const folder of readdirSync(captures, { withFileTypes: true })) {
		if (!folder.isDirectory()) continue;
		for (const name of readdirSync(`${captures}/${folder.name}`)) {
			const reader = new PacketReader(openByteSource(`${captures}/${folder.name}/${name}`));
			const { packet } = reader;
			let taken = 0;
			while (taken < 300 && (await reader.fill())) {
				while (taken < 300 && reader.next()) {
					frames.push({ linkType: packet.linkType, bytes: packet.bytes.slice(packet.begin, packet.end) });
					taken++;
				}
			}
			reader.close();
		}
	}
	return frames;
}
