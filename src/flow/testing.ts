import fc from "fast-check";
import type { Flow } from "./flow.ts";

/** Any flow, hostile ones included: the generator of property tests. Per-packet lists may differ in length. */
export function arbitraryFlow(): fc.Arbitrary<Flow> {
	const address = fc.oneof(fc.ipV4(), fc.constantFrom("2001:db8::1", "::1", "fe80::a:b:0:1"));
	const time = fc.integer({ min: 0, max: 2 ** 51 });
	const count = fc.oneof(fc.nat(200), fc.nat(2 ** 32 - 1));
	const list = (element: fc.Arbitrary<number>) => fc.array(element, { maxLength: 30 });
	return fc.record(
		{
			sourceAddress: address,
			destinationAddress: address,
			sourcePort: fc.nat(65535),
			destinationPort: fc.nat(65535),
			protocol: fc.constantFrom(1, 6, 17, 47),
			bytes: fc.oneof(count, fc.nat(Number.MAX_SAFE_INTEGER)),
			bytesReverse: count,
			packets: count,
			packetsReverse: count,
			tcpFlags: fc.nat(255),
			tcpFlagsReverse: fc.nat(255),
			timeFirst: time,
			timeLast: time,
			packetLengths: list(fc.nat(65535)),
			packetDirections: list(fc.constantFrom(1, -1)),
			packetFlags: list(fc.nat(255)),
			packetTimes: list(time),
			payload: fc.uint8Array({ maxLength: 100 }),
			payloadReverse: fc.uint8Array({ maxLength: 100 }),
			serverName: fc.string({ maxLength: 40, unit: "binary" }),
		},
		{ noNullPrototype: true },
	);
}
