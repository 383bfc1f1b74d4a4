import fc from "fast-check";
import type { Flow } from "../flow/flow.ts";
import { arbitraryFlow } from "../flow/testing.ts";

/** Any flow whose shape can be judged: enough packets each way, packet lists of equal length, directions 1 and -1. */
export function arbitraryShapelyFlow(): fc.Arbitrary<Flow> {
	const packet = fc.tuple(fc.nat(1460), fc.constantFrom(1, -1), fc.nat(255), fc.nat(2 ** 51));
	return fc
		.tuple(arbitraryFlow(), fc.array(packet, { minLength: 2, maxLength: 30 }), fc.integer({ min: 8, max: 500 }))
		.map(([flow, packets, count]) => ({
			...flow,
			packets: Math.max(flow.packets, count),
			packetsReverse: Math.max(flow.packetsReverse, count),
			packetLengths: packets.map(([length]) => length),
			packetDirections: packets.map(([, direction]) => direction),
			packetFlags: packets.map(([, , flags]) => flags),
			packetTimes: packets.map(([, , , time]) => time),
		}));
}
