import { LINK_TYPE } from "../../capture/link-type.ts";
import { pcapFile, type TimedPacket } from "../../capture/pcap-writer.ts";
import type { Endpoint } from "../../incident/sighting.ts";
import { CONVERSATION, TEST_MINER, TEST_POOL } from "./conversation.ts";

const FIN = 1;
const SYN = 2;
const PUSH = 8;
const ACK = 16;
const HEADERS = 40;
const TCP = 6;

/** Microseconds between packets. */
const STEP = 40_000;

/** The conversation as a capture that ends at `end` (microseconds since the epoch): IPv4 and TCP with plain headers. */
export function testCapture(end: number, minerPort: number): Uint8Array {
	const miner = { address: TEST_MINER, port: minerPort };
	const packets: { readonly isMiner: boolean; readonly flags: number; readonly payload: Uint8Array }[] = [
		{ isMiner: true, flags: SYN, payload: NOTHING },
		{ isMiner: false, flags: SYN | ACK, payload: NOTHING },
		{ isMiner: true, flags: ACK, payload: NOTHING },
		...CONVERSATION.map(({ from, text }) => ({
			isMiner: from === "miner",
			flags: PUSH | ACK,
			payload: Buffer.from(text),
		})),
		{ isMiner: true, flags: FIN | ACK, payload: NOTHING },
		{ isMiner: false, flags: FIN | ACK, payload: NOTHING },
	];
	const sent = { miner: 1, pool: 1 };
	const timed = packets.map(({ isMiner, flags, payload }, i): TimedPacket => {
		const [own, other] = isMiner ? (["miner", "pool"] as const) : (["pool", "miner"] as const);
		const [source, destination] = isMiner ? [miner, TEST_POOL] : [TEST_POOL, miner];
		const bytes = packet(source, destination, { flags, sequence: sent[own], acknowledged: sent[other] }, payload);
		sent[own] += payload.length + (flags & (SYN | FIN) ? 1 : 0);
		return { time: Math.round(end) - STEP * (packets.length - 1 - i), bytes };
	});
	return pcapFile(LINK_TYPE.RAW, timed);
}

interface Segment {
	readonly flags: number;
	readonly sequence: number;
	readonly acknowledged: number;
}

const NOTHING = new Uint8Array(0);

/** RFC 791 and RFC 9293. Checksums are left out, as network cards do that compute them later. */
function packet(source: Endpoint, destination: Endpoint, segment: Segment, payload: Uint8Array): Uint8Array {
	const { flags, sequence, acknowledged } = segment;
	const bytes = new Uint8Array(HEADERS + payload.length);
	const view = new DataView(bytes.buffer);
	bytes[0] = 0x45;
	view.setUint16(2, bytes.length);
	bytes[8] = 64;
	bytes[9] = TCP;
	bytes.set(source.address.split(".").map(Number), 12);
	bytes.set(destination.address.split(".").map(Number), 16);
	view.setUint16(20, source.port);
	view.setUint16(22, destination.port);
	view.setUint32(24, sequence);
	view.setUint32(28, flags & ACK ? acknowledged : 0);
	bytes[32] = 5 << 4;
	bytes[33] = flags;
	view.setUint16(34, 65_535);
	bytes.set(payload, HEADERS);
	return bytes;
}
