import type { FlowColumnsBuilder } from "../../src/flow/columns-builder.ts";
import { appendFlow as appendRecord } from "../../src/flow/columns-of-flows.ts";
import type { Flow } from "../../src/flow/flow.ts";
import type { Message } from "../conversation.ts";
import type { Random } from "../random.ts";
import { type Disguise, recordsOf, withJunk } from "./disguise.ts";
import { drawPath } from "./path.ts";
import { drawFraming, handshakeMessages } from "./tls-framing.ts";

const SYN = 0x02;
const LISTED = 30;
/** Segments with this gap and this length are parts of one message. */
const BACK_TO_BACK = 0.003;
const FULL_SEGMENT = 1200;

interface Packet {
	readonly at: number;
	readonly fromServer: boolean;
	readonly length: number;
}

/**
 * The flow record of a real plaintext flow as if it had run inside TLS: the same messages at the same times with the
 * overhead of records, and a handshake before them if the record contains the connection's beginning. A disguise adds
 * its padding, splitting and junk.
 */
export function appendTlsVariant(
	builder: FlowColumnsBuilder,
	flow: Flow,
	random: Random,
	disguise: Disguise = {},
): void {
	const path = { ...drawPath(random), roundTrip: roundTripOf(flow) };
	const framing = drawFraming(random, disguise);
	const given = messagesOf(flow);
	const sealed = withJunk(given, disguise, path.roundTrip).flatMap((message) =>
		recordsOf(message, disguise, framing.sealed).map((record) => packetOf(record, 0)),
	);
	const factor = unlistedFactor(flow);
	const opening = (flow.tcpFlags & SYN) !== 0 ? handshakeMessages(random, path, framing) : undefined;
	const begin = sealed[0]?.at ?? 0;
	const before = (opening?.messages ?? []).map((message) => packetOf(message, begin - opening!.ends));
	/**
	 * Additional data of one end compared with plain text. Without a disguise, the numbers of messages and packets do
	 * not change.
	 */
	const added = (from: Message["from"]) => {
		const records = sealed.filter((packet) => packet.fromServer === (from === "server"));
		const plain = given.filter((message) => message.from === from);
		const handshake = before.filter((packet) => packet.fromServer === (from === "server"));
		const more = Math.round((records.length - plain.length) * factor);
		return {
			packets: more + handshake.length + (handshake.length > 0 ? 1 : 0),
			bytes:
				(sumOf(records) - sumOf(plain)) * factor +
				more * path.headers +
				sumOf(handshake) +
				handshake.length * path.headers,
		};
	};
	const [sent, received] = [added("client"), added("server")];
	if (opening && opening.joins > 0 && sealed[0] && !sealed[0].fromServer) {
		sealed[0] = { ...sealed[0], length: sealed[0].length + opening.joins };
	}
	const packets = [...before, ...sealed]
		.flatMap((packet) => segments(packet, path.segment[packet.fromServer ? "server" : "client"]))
		.slice(0, LISTED);
	appendRecord(builder, {
		...flow,
		bytes: Math.round(flow.bytes + sent.bytes),
		bytesReverse: Math.round(flow.bytesReverse + received.bytes),
		packets: flow.packets + sent.packets,
		packetsReverse: flow.packetsReverse + received.packets,
		timeFirst: before.length > 0 ? Math.round((before[0]!.at - path.roundTrip) * 1e6) : flow.timeFirst,
		packetLengths: packets.map(({ length }) => length),
		packetDirections: packets.map(({ fromServer }) => (fromServer ? -1 : 1)),
		packetFlags: packets.map(() => 0x18),
		packetTimes: packets.map(({ at }) => Math.round(at * 1e6)),
		payload: new Uint8Array(),
		payloadReverse: new Uint8Array(),
	});
}

function sumOf(parts: readonly { readonly length: number }[]): number {
	return parts.reduce((sum, { length }) => sum + length, 0);
}

/** The messages in the listed packets: segments of one message are joined. */
function messagesOf(flow: Flow): Message[] {
	const messages: Message[] = [];
	for (let k = 0; k < flow.packetLengths.length; k++) {
		const message: Message = {
			at: flow.packetTimes[k]! / 1e6,
			from: flow.packetDirections[k] === -1 ? "server" : "client",
			length: flow.packetLengths[k]!,
		};
		const last = messages.at(-1);
		const continues =
			last?.from === message.from && flow.packetLengths[k - 1]! >= FULL_SEGMENT && message.at - last.at < BACK_TO_BACK;
		if (continues) messages[messages.length - 1] = { ...last, length: last.length + message.length };
		else messages.push(message);
	}
	return messages;
}

function packetOf({ at, from, length }: Message, begin: number): Packet {
	return { at: begin + at, fromServer: from === "server", length };
}

function segments(packet: Packet, most: number): Packet[] {
	const parts: Packet[] = [];
	for (let left = packet.length, k = 0; left > 0; left -= most, k++) {
		parts.push({ ...packet, at: packet.at + k * 2e-5, length: Math.min(left, most) });
	}
	return parts;
}

/**
 * The median delay between packets of the two ends that answer each other: the round trip from the exporter's position.
 */
function roundTripOf(flow: Flow): number {
	const delays: number[] = [];
	for (let k = 1; k < flow.packetTimes.length; k++) {
		const delay = (flow.packetTimes[k]! - flow.packetTimes[k - 1]!) / 1e6;
		if (flow.packetDirections[k] !== flow.packetDirections[k - 1] && delay > 0 && delay < 0.5) delays.push(delay);
	}
	delays.sort((a, b) => a - b);
	return Math.max(0.003, delays[delays.length >> 1] ?? 0.1);
}

/** The ratio of the whole flow to the listed packets, by its bytes without headers. */
function unlistedFactor(flow: Flow): number {
	if (flow.packetLengths.length < LISTED) return 1;
	const listed = flow.packetLengths.reduce((sum, length) => sum + length, 0);
	const carried = flow.bytes + flow.bytesReverse - 46 * (flow.packets + flow.packetsReverse);
	return Math.max(1, carried / Math.max(1, listed));
}
