import { goldenFlows } from "../lab/golden-flows.ts";
import { Random } from "../lab/random.ts";
import { needsShared } from "../lab/shared-data.ts";
import { ORIGINAL_FEATURES } from "../src/detect/original-features.ts";
import { findMiningPayload } from "../src/detect/payload.ts";
import { RHYTHM_FEATURES } from "../src/detect/rhythm-features.ts";
import { SHAPE_OBSTACLE, shapeObstacle } from "../src/detect/shape-obstacle.ts";
import { columnsOfFlows } from "../src/flow/columns-of-flows.ts";
import type { Flow } from "../src/flow/flow.ts";
import type { FlowColumns } from "../src/flow/flow-columns.ts";

// The cost of a flow's features: all rhythm features, and the original's twelve. The worst case is a full list of 30
// packets without repetition; mining sessions repeat and sort faster. The relevant figure is that of the real flows
// that reach the forest. Each slice of flows counts with its minimum: other load can only add time.
const FLOWS = 2000;
const RUN = 100;
const ROUNDS = 150;
const REAL = "golden/end-to-end/flows.trapcap.gz";

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

benchmark("random", columnsOfFlows(flows("random")));
benchmark("mining", columnsOfFlows(flows("mining")));
const missing = needsShared(REAL);
if (missing) console.log(`real: skipped, ${missing}`);
else benchmark("real", await goldenFlows(REAL));

function benchmark(kind: string, columns: FlowColumns): void {
	const judged = Array.from({ length: columns.length }, (_, i) => i).filter(
		(i) => shapeObstacle(columns, i) === SHAPE_OBSTACLE.NONE && findMiningPayload(columns, i) === undefined,
	);
	for (const [name, group] of Object.entries({ original: ORIGINAL_FEATURES, rhythm: RHYTHM_FEATURES })) {
		const out = new Float64Array(Object.keys(group.features).length);
		const least: number[] = [];
		for (let round = 0; round < ROUNDS; round++) {
			for (let begin = 0; begin < judged.length; begin += RUN) {
				const end = Math.min(begin + RUN, judged.length);
				const started = performance.now();
				for (let k = begin; k < end; k++) group.compute(columns, judged[k]!, out, 0);
				least[begin / RUN] = Math.min(least[begin / RUN] ?? Infinity, performance.now() - started);
			}
		}
		const microseconds = (least.reduce((sum, part) => sum + part, 0) / judged.length) * 1e3;
		console.log(
			`${kind.padEnd(6)} ${name.padEnd(8)} ${String(out.length).padStart(3)} features ${microseconds.toFixed(2)} µs a flow, ${judged.length} flows`,
		);
	}
}
