import type { Flow } from "../flow/flow.ts";

/** A miner's flow in the form that the meter produces, for the tests of the sinks. */
export const minerFlow: Flow = {
	sourceAddress: "10.0.0.5",
	destinationAddress: "203.0.113.7",
	sourcePort: 49152,
	destinationPort: 3333,
	protocol: 6,
	bytes: 2000,
	bytesReverse: 6000,
	packets: 20,
	packetsReverse: 22,
	tcpFlags: 0x1b,
	tcpFlagsReverse: 0x1b,
	timeFirst: 1_700_000_000_000_001,
	timeLast: 1_700_000_299_000_000,
	packetLengths: [120, 300],
	packetDirections: [1, -1],
	packetFlags: [24, 24],
	packetTimes: [1_700_000_000_100_000, 1_700_000_000_200_000],
	payload: new TextEncoder().encode('{"id":1,"method":"mining.subscribe","params":[]}'),
	payloadReverse: new Uint8Array(0),
	serverName: "",
};
