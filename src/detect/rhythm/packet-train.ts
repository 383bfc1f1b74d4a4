import type { FlowColumns } from "../../flow/flow-columns.ts";
import { keyOf, PacketsByLength } from "./packets-by-length.ts";
import { MAX_PACKETS } from "./sample.ts";

/**
 * Seconds without payload that end a burst. Longer than nearly every round trip, shorter than waits of timers or
 * people.
 */
export const SILENCE_SECONDS = 0.5;

const SYN = 0x02;
/**
 * If the beginning of the connection is unknown, a first burst with this many packets, or with one segment this large,
 * is a login or a handshake.
 */
const STARTUP_PACKETS = 5;
const STARTUP_SEGMENT = 1000;
/**
 * The most packets of a start-up: through a busy proxy there may be no silence. A handshake, a login and a first job
 * need fewer.
 */
const MOST_STARTUP_PACKETS = 12;
/** Seconds that a server may need for its first answer: busy pools need up to ten. */
const FIRST_ANSWER_SECONDS = 15;

/**
 * One flow's payload packets, read into arrays that the next flow reuses. Robust against any list: the shortest of the
 * lists determines the length, empty packets are skipped, and time never decreases.
 */
export class PacketTrain {
	count = 0;
	/** Payload bytes; 0 behind the last packet. */
	readonly length = new Int32Array(MAX_PACKETS + 1);
	/** 1 if the server sent the packet: the flow's destination, or its source if {@link isFlipped}. */
	readonly fromServer = new Uint8Array(MAX_PACKETS);
	/**
	 * Whether the client is the record's destination: an exporter that cuts a connection takes the next sender for the
	 * source.
	 */
	isFlipped = false;
	/** Seconds since the first packet, never decreasing; Infinity behind the last. */
	readonly time = new Float64Array(MAX_PACKETS + 1);
	/** Seconds since the packet before; 0 for the first. */
	readonly gap = new Float64Array(MAX_PACKETS);
	/** 1 if a burst begins. */
	readonly opensBurst = new Uint8Array(MAX_PACKETS);
	/** Burst k is packets `burstBegin[k] … burstBegin[k + 1])`. */
	readonly burstBegin = new Uint8Array(MAX_PACKETS + 1);
	bursts = 0;
	/**
	 * Packets of the start-up: TLS handshake and login depend on the protocol, not the rhythm, and are treated
	 * separately.
	 */
	startup = 0;
	/** The first burst of the steady part: 0 without a start-up, else 1, or 2 if the first answer was slow. */
	firstSteadyBurst = 0;
	/** Each end's packets after the start-up, the shortest first. */
	readonly sent = new PacketsByLength();
	readonly received = new PacketsByLength();

	read(flows: FlowColumns, i: number): void {
		this.#readLists(flows, i);
		this.#orient(flows.tcpFlags[i]! & SYN, flows.tcpFlagsReverse[i]! & SYN);
		this.#findStartup(flows.tcpFlags[i]! | flows.tcpFlagsReverse[i]!);
		this.#orderByLength();
	}

	#readLists(flows: FlowColumns, i: number): void {
		const { length, fromServer, time, gap, opensBurst, burstBegin } = this;
		const { packetLengths, packetDirections, packetTimes } = flows;
		const lengths = packetLengths.values;
		const directions = packetDirections.values;
		const times = packetTimes.values;
		const lengthAt = packetLengths.offsets[i]!;
		const directionAt = packetDirections.offsets[i]!;
		const timeAt = packetTimes.offsets[i]!;
		const given = Math.min(
			packetLengths.offsets[i + 1]! - lengthAt,
			packetDirections.offsets[i + 1]! - directionAt,
			packetTimes.offsets[i + 1]! - timeAt,
			MAX_PACKETS,
		);
		let count = 0;
		let bursts = 0;
		let origin = 0;
		let latest = 0;
		for (let k = 0; k < given; k++) {
			const bytes = lengths[lengthAt + k]!;
			if (bytes === 0) continue;
			const stamp = times[timeAt + k]!;
			if (count === 0) origin = stamp;
			const seconds = (stamp - origin) / 1e6;
			// This comparison is false for NaN, so NaN is excluded.
			const now = seconds > latest && seconds < Infinity ? seconds : latest;
			const silence = now - latest;
			const opens = +(silence > SILENCE_SECONDS) | +(count === 0);
			length[count] = bytes;
			fromServer[count] = +(directions[directionAt + k]! <= 0);
			time[count] = now;
			gap[count] = silence;
			opensBurst[count] = opens;
			burstBegin[bursts] = count;
			bursts += opens;
			latest = now;
			count++;
		}
		length[count] = 0;
		time[count] = Infinity;
		burstBegin[bursts] = count;
		this.count = count;
		this.bursts = bursts;
	}

	/**
	 * Determines the client. If the record contains the opening of the connection, its handshake decides: with SYN in
	 * both directions the source is the client; with SYN only from the source, that was the SYN-ACK of a server. In a
	 * record cut from the middle, the source is the first sender after the cut. Then the server is the end that sends
	 * last in more bursts: it answers calls, acknowledges shares, and its jobs are not answered. In a tie the client is
	 * the end that sends less.
	 */
	#orient(sourceSyn: number, destinationSyn: number): void {
		if (destinationSyn !== 0) this.isFlipped = false;
		else if (sourceSyn !== 0) this.isFlipped = true;
		else this.isFlipped = this.#sourceHasLastWord();
		if (this.isFlipped) for (let k = 0; k < this.count; k++) this.fromServer[k]! ^= 1;
	}

	#sourceHasLastWord(): boolean {
		const { bursts, burstBegin, count, fromServer, length } = this;
		let lastWords = 0;
		for (let b = 1; b <= bursts; b++) lastWords += 1 - 2 * fromServer[burstBegin[b]! - 1]!;
		if (lastWords !== 0) return lastWords > 0;
		let bytes = 0;
		for (let k = 0; k < count; k++) bytes += (1 - 2 * fromServer[k]!) * length[k]!;
		return bytes > 0;
	}

	/**
	 * The first burst, if the connection began in it: a SYN shows this, and flags without a SYN show a record cut from
	 * the middle, whatever its first burst looks like. If the client received no answer in it, also the burst of the
	 * answer.
	 */
	#findStartup(tcpFlags: number): void {
		const isThere = this.bursts > 0 && ((tcpFlags & SYN) !== 0 || (tcpFlags === 0 && this.#beginsLikeStartup()));
		if (isThere && this.burstBegin[1]! > MOST_STARTUP_PACKETS) this.#cutFirstBurst();
		this.firstSteadyBurst = isThere ? 1 + this.#waitsForAnswer() : 0;
		this.startup = isThere ? this.burstBegin[this.firstSteadyBurst]! : 0;
	}

	/** Begins a burst at the end of the longest start-up, even without a silence. */
	#cutFirstBurst(): void {
		const { burstBegin } = this;
		for (let b = this.bursts; b >= 1; b--) burstBegin[b + 1] = burstBegin[b]!;
		burstBegin[1] = MOST_STARTUP_PACKETS;
		this.opensBurst[MOST_STARTUP_PACKETS] = 1;
		this.bursts++;
	}

	#beginsLikeStartup(): boolean {
		const end = this.burstBegin[1]!;
		let found = end >= STARTUP_PACKETS;
		for (let k = 0; k < end && !found; k++) found = this.length[k]! >= STARTUP_SEGMENT;
		return found;
	}

	/** 1 if only the client sends in the first burst and the server opens the next one. */
	#waitsForAnswer(): number {
		const { fromServer, gap } = this;
		const end = this.burstBegin[1]!;
		if (this.bursts < 2 || fromServer[end] === 0 || gap[end]! > FIRST_ANSWER_SECONDS) return 0;
		let answered = 0;
		for (let k = 0; k < end; k++) answered |= fromServer[k]!;
		return 1 - answered;
	}

	#orderByLength(): void {
		const { count, startup, length, fromServer, sent, received } = this;
		let receivedCount = 0;
		for (let k = startup; k < count; k++) {
			const key = keyOf(k, length[k]!);
			sent.keys[k - startup - receivedCount] = key;
			received.keys[receivedCount] = key;
			receivedCount += fromServer[k]!;
		}
		sent.count = count - startup - receivedCount;
		received.count = receivedCount;
		sent.sort();
		received.sort();
	}
}
