import { Random } from "../lab/random.ts";
import { ORIGINAL_FEATURES } from "../src/detect/original-features.ts";
import { RHYTHM_FEATURES } from "../src/detect/rhythm-features.ts";
import { columnsOfFlows } from "../src/flow/columns-of-flows.ts";
import type { Flow } from "../src/flow/flow.ts";

// What a flow's features cost: all of the rhythm, beside the original's twelve. The worst case is a full list of 30
// packets in which nothing repeats; a mining session repeats itself and sorts faster.
const FLOWS = 2000;
const ROUNDS = 60;

function flows(kind: "random" | "mining"): readonly Flow[] {
	const random = new Random(7);
	return Array.from({ length: FLOWS }, () => {
		const count = kind === "random" ? 30 : random.integer(8, 30);
		let now = 1e15;
		const packets = Array.from({ length: count }, () => {
			const push = random.chance(0.5);
			now += Math.round((random.chance(0.3) ? 0.05 : random.exponential(10)) * 1e6);
			return { push, length: kind === "random" ? random.integer(1, 1460) : push ? 378 : 184, now };
		});
		return {
			sourceAddress: "192.0.2.1",
			destinationAddress: "198.51.100.1",
			sourcePort: 50000,
			destinationPort: 443,
			protocol: 6,
			bytes: 5000,
			bytesReverse: 9000,
			packets: 40,
			packetsReverse: 40,
			tcpFlags: 0x1a,
			tcpFlagsReverse: 0x1a,
			timeFirst: 1e15,
			timeLast: now,
			packetLengths: packets.map(({ length }) => length),
			packetDirections: packets.map(({ push }) => (push ? -1 : 1)),
			packetFlags: packets.map(() => 0x18),
			packetTimes: packets.map((packet) => packet.now),
			payload: new Uint8Array(),
			payloadReverse: new Uint8Array(),
			serverName: "",
		};
	});
}

for (const kind of ["random", "mining"] as const) {
	const columns = columnsOfFlows(flows(kind));
	for (const [name, group] of Object.entries({ original: ORIGINAL_FEATURES, rhythm: RHYTHM_FEATURES })) {
		const out = new Float64Array(Object.keys(group.features).length);
		let best = Infinity;
		for (let round = 0; round < ROUNDS; round++) {
			const begin = performance.now();
			for (let i = 0; i < FLOWS; i++) group.compute(columns, i, out, 0);
			best = Math.min(best, performance.now() - begin);
		}
		console.log(
			`${kind.padEnd(7)} ${name.padEnd(9)} ${String(out.length).padStart(3)} features ${((best / FLOWS) * 1e3).toFixed(2)} µs a flow`,
		);
	}
}
