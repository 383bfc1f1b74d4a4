import type { Message } from "../conversation.ts";
import type { Random } from "../random.ts";
import { logUniform, type Path } from "./path.ts";

/** One TCP packet as observed by the exporter. */
export interface SeenPacket {
	readonly at: number;
	readonly fromServer: boolean;
	/** Payload bytes; 0 for a pure acknowledgement, SYN, FIN. */
	readonly length: number;
	readonly flags: number;
}

const FIN = 0x01;
const SYN = 0x02;
const RST = 0x04;
const PSH = 0x08;
const ACK = 0x10;
/** Seconds between back-to-back segments. */
const SERIALISATION = 2e-5;
/** Share of the conversations that are observed by an exporter that samples packets (RFC 5475, 5.2). */
const SAMPLED = 0.06;
/**
 * Share of conversations whose observation point sees every packet twice: a mirror port that copies both ingress and
 * egress.
 */
const DOUBLED = 0.02;
/** Packets beyond this number add only time to a flow record. */
const MOST_PACKETS = 6000;

/** The packets of a conversation at the observer: segments, retransmissions, acknowledgements, opening and closing. */
export function packetsOf(messages: readonly Message[], path: Path, random: Random): SeenPacket[] {
	const data = segmentsOf(coalesce(interrupted(greetedLate(messages, random), random), path, random), path, random);
	const packets = [...data, ...acknowledgements(data, path, random), ...opening(path), ...closing(data, path, random)];
	if (random.chance(0.12)) packets.push(...keepAlives(data, path, random));
	return noticed(vanished(packets, random), random).sort((a, b) => a.at - b.at);
}

/**
 * A client that disappears without closing (switched off, asleep, in another network): the next message to it is
 * repeated at doubling intervals until the server gives up (RFC 6298, 5.5).
 */
function vanished(packets: SeenPacket[], random: Random): SeenPacket[] {
	if (!random.chance(0.06)) return packets;
	const byTime = packets.toSorted((a, b) => a.at - b.at);
	const gone = random.uniform(0, Math.min(byTime.at(-1)!.at, 600));
	const lost = byTime.find(({ at, fromServer, length }) => at > gone && fromServer && length > 0);
	if (lost === undefined) return packets;
	const seen = byTime.filter(({ at }) => at <= gone);
	let wait = random.uniform(0.2, 0.6);
	for (let again = random.integer(3, 9), { at } = lost; again >= 0; again--, at += wait, wait *= 2)
		seen.push({ ...lost, at });
	return seen;
}

/** The packets that the observation point sees: under load it misses some, and then an answer seems unsolicited. */
function noticed(packets: SeenPacket[], random: Random): SeenPacket[] {
	const awake = random.chance(0.1) ? outsideOutages(packets, random) : packets;
	if (random.chance(DOUBLED)) return awake.flatMap((packet) => [packet, { ...packet, at: packet.at + SERIALISATION }]);
	if (random.chance(SAMPLED)) {
		const every = random.pick([2, 2, 3, 4, 5, 10]);
		return awake.filter(() => random.chance(1 / every));
	}
	if (!random.chance(0.2)) return awake;
	const share = random.pick([0.003, 0.01, 0.03, 0.08, 0.2]);
	return awake.filter(() => !random.chance(share));
}

/**
 * An observation point that sees nothing for seconds at a time, for example after a change of path: timers lose their
 * beat.
 */
function outsideOutages(packets: SeenPacket[], random: Random): SeenPacket[] {
	const [watch, outage] = [logUniform(random, 10, 200), logUniform(random, 0.5, 30)];
	const byTime = packets.toSorted((a, b) => a.at - b.at);
	let begin = random.exponential(watch);
	let end = begin + random.exponential(outage);
	return byTime.filter(({ at }) => {
		while (at >= end) {
			begin = end + random.exponential(watch);
			end = begin + random.exponential(outage);
		}
		return at < begin;
	});
}

/** A busy server that needs seconds for its first answer; later messages are delayed as well. */
function greetedLate(messages: readonly Message[], random: Random): readonly Message[] {
	const first = messages.findIndex(({ from }) => from === "server");
	if (!random.chance(0.05) || first < 1) return messages;
	const wait = random.uniform(0.3, 12);
	return messages.map((message, k) => (k < first ? message : { ...message, at: message.at + wait }));
}

/** A period in which one end cannot send: its writes leave together when the path is back. */
function interrupted(messages: readonly Message[], random: Random): Message[] {
	const last = messages.at(-1)?.at ?? 0;
	if (!random.chance(0.12)) return [...messages];
	const begin = random.uniform(0, Math.min(last, 600));
	const end = begin + random.exponential(6);
	const from = random.chance(0.75) ? "server" : "client";
	const isHeld = (message: Message) => message.from === from && message.at > begin && message.at < end;
	const length = messages.filter(isHeld).reduce((sum, message) => sum + message.length, 0);
	const rest = messages.filter((message) => !isHeld(message));
	return length === 0 ? rest : [...rest, { at: end, from, length } as Message].sort((a, b) => a.at - b.at);
}

/** Writes of one end in close succession leave together. */
function coalesce(messages: readonly Message[], path: Path, random: Random): Message[] {
	const joined: Message[] = [];
	for (const message of messages) {
		const last = joined.at(-1);
		const within = path.coalesces[message.from];
		if (last?.from === message.from && message.at - last.at <= within && random.chance(0.85)) {
			joined[joined.length - 1] = { ...last, length: last.length + message.length };
		} else joined.push(message);
	}
	return joined;
}

function segmentsOf(messages: readonly Message[], path: Path, random: Random): SeenPacket[] {
	const packets: SeenPacket[] = [];
	const pushesAll = random.chance(0.2);
	// After the three-way handshake, whose end the first data must wait for.
	const offset = path.roundTrip;
	for (const { at, from, length } of messages) {
		const fromServer = from === "server";
		const toObserver = (path.roundTrip / 2) * (fromServer ? 1 - path.observer : path.observer);
		let seen = at + offset + toObserver;
		for (let left = length; left > 0; left -= path.segment[from], seen += SERIALISATION) {
			const payload = Math.min(left, path.segment[from]);
			const flags = ACK | (left === payload || pushesAll ? PSH : 0);
			packets.push({ at: seen, fromServer, length: payload, flags });
			if (random.chance(path.loss)) {
				packets.push({ at: seen + Math.max(0.2, path.roundTrip * 1.5), fromServer, length: payload, flags });
			}
			if (packets.length >= MOST_PACKETS) return packets.sort((a, b) => a.at - b.at);
		}
	}
	return packets.sort((a, b) => a.at - b.at);
}

/**
 * Pure acknowledgements: every second segment of a run, and data without an answer within the delay (RFC 5681, 4.2).
 */
function acknowledgements(data: readonly SeenPacket[], path: Path, random: Random): SeenPacket[] {
	const packets: SeenPacket[] = [];
	for (let i = 0; i < data.length; i++) {
		const { at, fromServer } = data[i]!;
		const next = data[i + 1];
		const delay = path.delayedAck[fromServer ? "client" : "server"];
		const there = path.roundTrip * (fromServer ? path.observer : 1 - path.observer);
		if (next && next.fromServer !== fromServer && next.at - at <= delay + there) continue;
		if (next && next.fromServer === fromServer && next.at - at < delay && i % 2 === 0) continue;
		packets.push({
			at: at + there + Math.min(delay, 0.04) * random.next(),
			fromServer: !fromServer,
			length: 0,
			flags: ACK,
		});
	}
	return packets;
}

function opening(path: Path): SeenPacket[] {
	const toObserver = (path.roundTrip / 2) * path.observer;
	const back = path.roundTrip / 2 + (path.roundTrip / 2) * (1 - path.observer);
	return [
		{ at: toObserver, fromServer: false, length: 0, flags: SYN },
		{ at: back, fromServer: true, length: 0, flags: SYN | ACK },
		{ at: path.roundTrip + toObserver, fromServer: false, length: 0, flags: ACK },
	];
}

function closing(data: readonly SeenPacket[], path: Path, random: Random): SeenPacket[] {
	const at = (data.at(-1)?.at ?? path.roundTrip) + random.exponential(1);
	const first = random.chance(0.5);
	const how = random.next();
	if (how < 0.55) {
		return [
			{ at, fromServer: first, length: 0, flags: FIN | ACK },
			{ at: at + path.roundTrip, fromServer: !first, length: 0, flags: FIN | ACK },
			{ at: at + path.roundTrip * 1.5, fromServer: first, length: 0, flags: ACK },
		];
	}
	return how < 0.8 ? [{ at, fromServer: first, length: 0, flags: RST | ACK }] : [];
}

/** TCP keep-alives (RFC 1122, 4.2.3.6) during longer silences. */
function keepAlives(data: readonly SeenPacket[], path: Path, random: Random): SeenPacket[] {
	const period = random.pick([15, 30, 45, 60]);
	// Windows sends one byte of garbage with them, which an exporter counts as payload.
	const length = random.chance(0.35) ? 1 : 0;
	const packets: SeenPacket[] = [];
	for (let i = 1; i < data.length; i++) {
		for (let at = data[i - 1]!.at + period; at < data[i]!.at; at += period) {
			packets.push({ at, fromServer: false, length, flags: ACK });
			packets.push({ at: at + path.roundTrip, fromServer: true, length: 0, flags: ACK });
		}
	}
	return packets;
}
