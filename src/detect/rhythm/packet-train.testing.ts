import fc from "fast-check";
import { columnsOfFlows } from "../../flow/columns-of-flows.ts";
import type { Flow } from "../../flow/flow.ts";
import { arbitraryShapelyFlow } from "../shapely-flow.testing.ts";
import { PacketTrain } from "./packet-train.ts";
import type { RhythmPart } from "./rhythm-part.ts";

export function trainOf(flow: Flow): PacketTrain {
	const train = new PacketTrain();
	train.read(columnsOfFlows([flow]), 0);
	return train;
}

/** A record, cut out of the middle of a connection, of packets [seconds, signed length]: positive from the client. */
export function trainOfPackets(packets: readonly (readonly [number, number])[]): PacketTrain {
	const [any] = fc.sample(arbitraryShapelyFlow(), { seed: 1, numRuns: 1 });
	return trainOf({
		...any!,
		tcpFlags: 0x18,
		tcpFlagsReverse: 0x18,
		packetLengths: packets.map(([, length]) => Math.abs(length)),
		packetDirections: packets.map(([, length]) => Math.sign(length)),
		packetFlags: packets.map(() => 0x18),
		packetTimes: packets.map(([seconds]) => 1e15 + Math.round(seconds * 1e6)),
	});
}

/** The part's features by name. */
export function featuresOf(part: RhythmPart, train: PacketTrain): Record<string, number> {
	const names = Object.keys(part.features);
	const out = new Float64Array(names.length);
	part.compute(train, out, 0);
	return Object.fromEntries(names.map((name, k) => [name, out[k]!]));
}
