import { Agenda } from "../agenda.ts";
import type { Conversation } from "../conversation.ts";
import type { Random } from "../random.ts";
import { type Endpoint, frame, type Segment, TCP, tcpSegment } from "./frame.ts";
import type { Path, TimedFrame } from "./path.ts";
import { TcpEnd, type Write } from "./tcp-end.ts";

type Side = "client" | "server";

/**
 * The packets of a conversation over TCP at a capture point on the path: handshake, segments, acknowledgements, losses
 * and their repair, and the close. `start` is the time of the client's SYN, µs since the epoch; the conversation's
 * clock begins when the client is connected. A write waits for the data that its end had read in the script: an answer
 * never precedes its request, however late that was.
 */
export function tcpPackets(
	conversation: Conversation,
	client: Endpoint,
	server: Endpoint,
	start: number,
	path: Path,
	random: Random,
): TimedFrame[] {
	const frames: TimedFrame[] = [];
	const agenda = new Agenda<() => void>();
	const network = random.fork(3);
	const near: SideState = sideOf(client, server, path.observedAt, new TcpEnd(random.fork(1), path), random);
	const far: SideState = sideOf(server, client, 1 - path.observedAt, new TcpEnd(random.fork(2), path), random);
	const other = (side: SideState) => (side === near ? far : near);
	let now = 0;

	const carry = (from: SideState, segment: Segment) => {
		const delay = path.latency + (path.jitter > 0 ? network.exponential(path.jitter) : 0);
		const arrival = Math.max(now + delay, from.lastArrival + BACK_TO_BACK);
		from.lastArrival = arrival;
		const lost = network.chance(path.loss);
		const seen = !lost || network.next() >= from.share;
		if (seen) {
			from.identification = (from.identification + 1) & 0xffff;
			const transport = tcpSegment(from.own, from.peer, segment);
			const bytes = frame(from.own, from.peer, TCP, transport, from.identification, path.vlan);
			frames.push({ time: start + 1e6 * (now + (arrival - now) * from.share), bytes });
		}
		if (!lost) agenda.add(arrival, () => act(other(from), () => other(from).end.receive(segment, now)));
	};
	const act = (side: SideState, what: () => void) => {
		what();
		for (const segment of side.end.takeSegments()) carry(side, segment);
		const wake = side.end.wakeAt(now);
		// One alarm at a time: an earlier one sets the next.
		if (wake === Number.POSITIVE_INFINITY || (side.alarm > now && side.alarm <= wake)) return;
		side.alarm = wake;
		agenda.add(wake, () => act(side, () => side.end.wake(now)));
	};

	const connected = 2 * path.latency;
	const closing = connected + conversation.closesAt;
	const closer = random.chance(0.7) ? near : far;
	const closesAt = (side: SideState) => (side === closer ? closing : Number.POSITIVE_INFINITY);
	near.end.expect(writesOf(conversation, "client", connected), closesAt(near));
	far.end.expect(writesOf(conversation, "server", connected), closesAt(far));
	act(near, () => near.end.connect(now));
	const until = Number.isFinite(closing) ? closing + 30 : connected + (conversation.messages.at(-1)?.at ?? 0) + 1;
	for (let next = agenda.take(until); next !== undefined; next = agenda.take(until)) {
		now = next.at;
		next.what();
	}
	return frames.sort((a, b) => a.time - b.time);
}

/** Seconds between packets that leave together: a few hundred bytes at 1 Gbit/s. */
const BACK_TO_BACK = 2e-6;

interface SideState {
	readonly own: Endpoint;
	readonly peer: Endpoint;
	readonly end: TcpEnd;
	/** The share of its packets' path that lies before the capture. */
	readonly share: number;
	identification: number;
	/** Packets of one direction do not overtake each other. */
	lastArrival: number;
	alarm: number;
}

function sideOf(own: Endpoint, peer: Endpoint, share: number, end: TcpEnd, random: Random): SideState {
	return { own, peer, end, share, identification: random.integer(0, 0xffff), lastArrival: 0, alarm: 0 };
}

/** The writes of one side, each with the number of the other side's bytes that it follows. */
function writesOf(conversation: Conversation, from: Side, connected: number): Write[] {
	const latency = conversation.latency ?? 0;
	const others = conversation.messages.filter((message) => message.from !== from);
	const writes: Write[] = [];
	let follows = 0;
	let read = 0;
	for (const { at, from: writer, bytes } of conversation.messages) {
		if (writer !== from) continue;
		while (read < others.length && others[read]!.at + latency <= at + 1e-9) follows += others[read++]!.length;
		if (bytes === undefined) throw new RangeError(`${conversation.kind}: a message without bytes`);
		writes.push({ at: connected + at, bytes, follows });
	}
	return writes;
}
