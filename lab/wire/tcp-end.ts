import type { Random } from "../random.ts";
import { ACK, FIN, PSH, type Segment, SYN } from "./frame.ts";
import type { Path } from "./path.ts";

/**
 * One write of the application; `at` in seconds of the connection, after `follows` bytes of the other end were read.
 */
export interface Write {
	readonly at: number;
	readonly bytes: Uint8Array;
	readonly follows: number;
}

/** A sent and unacknowledged item, by its position in the stream: 0 is the SYN, 1 the first byte. */
interface Flight {
	readonly begin: number;
	readonly end: number;
	readonly flags: number;
	readonly payload: Uint8Array;
	/** The start of its retransmission timer. */
	timedFrom: number;
}

const NOTHING = new Uint8Array(0);
/** Segments, RFC 6928. */
const INITIAL_WINDOW = 10;
const MAXIMUM_WINDOW = 64;
/** Seconds; Linux uses a minimum of 0.2. */
const MINIMUM_TIMEOUT = 0.2;

/**
 * One end of a TCP connection (RFC 9293), limited to effects visible on the wire: handshake, slow start, delayed
 * acknowledgements, retransmission after a timeout or three duplicate acknowledgements, orderly close. Inputs and
 * timers at `now` produce segments, which {@link takeSegments} returns.
 */
export class TcpEnd {
	readonly #path: Path;
	readonly #initialSequence: number;
	readonly #clockOffset: number;
	#state: "closed" | "opening" | "open" = "closed";
	#outbox: Segment[] = [];

	// Sending.
	#writes: readonly Write[] = [];
	#nextWrite = 0;
	#closeAt = Number.POSITIVE_INFINITY;
	readonly #unsent: { readonly payload: Uint8Array; readonly push: boolean }[] = [];
	readonly #inFlight: Flight[] = [];
	#next = 0;
	#finished = false;
	#window = INITIAL_WINDOW;
	#timeout: number;
	#lastAck = -1;
	#sameAcks = 0;

	// Receiving.
	#otherInitial = 0;
	#expected = 0;
	readonly #early = new Map<number, Segment>();
	#otherFinished = false;
	#toAcknowledge = 0;
	#ackDue = Number.POSITIVE_INFINITY;
	#otherClock = 0;

	constructor(random: Random, path: Path) {
		this.#initialSequence = random.integer(0, 0xffff_ffff);
		this.#clockOffset = random.integer(1, 0x7fff_ffff);
		this.#path = path;
		this.#timeout = Math.max(MINIMUM_TIMEOUT, 4 * path.latency);
	}

	/** The writes of the application, and the time at which it closes the connection after all of them. */
	expect(writes: readonly Write[], closeAt = Number.POSITIVE_INFINITY): void {
		this.#writes = writes;
		this.#closeAt = closeAt;
	}

	connect(now: number): void {
		this.#state = "opening";
		this.#launch(SYN, NOTHING, now);
	}

	receive(segment: Segment, now: number): void {
		if (segment.options.length >= 8) this.#otherClock = clockIn(segment.options);
		if (segment.flags & ACK) this.#acknowledged(segment, now);
		if (segment.flags & SYN) this.#synchronise(segment, now);
		else if (segment.payload.length > 0 || segment.flags & FIN) this.#take(segment, now);
		this.#send(now);
	}

	/** Performs due actions without an incoming segment: writes, delayed acknowledgements, retransmissions. */
	wake(now: number): void {
		const oldest = this.#inFlight[0];
		if (oldest !== undefined && oldest.timedFrom + this.#timeout <= now + EPSILON) {
			this.#timeout *= 2;
			this.#window = 2;
			this.#resend(oldest, now);
		}
		this.#send(now);
		if (this.#ackDue <= now + EPSILON) this.#sendAck(now);
	}

	/** The next time after `now` at which {@link wake} has something to do, Infinity if there is none. */
	wakeAt(now: number): number {
		const write = this.#writes[this.#nextWrite];
		const application = this.#state !== "open" ? Number.POSITIVE_INFINITY : (write?.at ?? this.#closeAt);
		const timer = (this.#inFlight[0]?.timedFrom ?? Number.POSITIVE_INFINITY) + this.#timeout;
		let earliest = Number.POSITIVE_INFINITY;
		for (const time of [application, timer, this.#ackDue]) if (time > now && time < earliest) earliest = time;
		return earliest;
	}

	/** The segments sent since the last call. */
	takeSegments(): Segment[] {
		const segments = this.#outbox;
		this.#outbox = [];
		return segments;
	}

	#synchronise(segment: Segment, now: number): void {
		this.#otherInitial = segment.sequence;
		this.#expected = 1;
		if (this.#state === "closed") {
			this.#state = "opening";
			this.#launch(SYN | ACK, NOTHING, now);
		} else this.#sendAck(now);
	}

	#acknowledged(segment: Segment, now: number): void {
		const place = (segment.acknowledgement - this.#initialSequence) >>> 0;
		const left = this.#inFlight.findIndex((flight) => flight.end > place);
		const gone = this.#inFlight.splice(0, left < 0 ? this.#inFlight.length : left).length;
		const oldest = this.#inFlight[0];
		if (gone > 0) {
			this.#window = Math.min(this.#window + gone, MAXIMUM_WINDOW);
			this.#timeout = Math.max(MINIMUM_TIMEOUT, 4 * this.#path.latency);
			this.#sameAcks = 0;
			// The timer restarts for the remaining data in flight (RFC 6298, 5.3).
			if (oldest !== undefined) oldest.timedFrom = now;
		} else if (place === this.#lastAck && segment.payload.length === 0 && oldest !== undefined) {
			if (++this.#sameAcks === 3) this.#resend(oldest, now);
		}
		this.#lastAck = place;
		if (this.#state === "opening") this.#state = "open";
	}

	#take(segment: Segment, now: number): void {
		const place = (segment.sequence - this.#otherInitial) >>> 0;
		if (place !== this.#expected) {
			// After a gap, or a duplicate: acknowledged at once, so that the other end can detect a loss (RFC 5681,
			// 4.2).
			if (place > this.#expected) this.#early.set(place, segment);
			this.#sendAck(now);
			return;
		}
		for (let next: Segment | undefined = segment; next !== undefined; next = this.#early.get(this.#expected)) {
			this.#early.delete(this.#expected);
			this.#expected += next.payload.length;
			this.#toAcknowledge++;
			if (next.flags & FIN) {
				this.#expected++;
				this.#otherFinished = true;
			}
		}
		if (this.#toAcknowledge >= 2 || this.#otherFinished) this.#sendAck(now);
		else if (this.#ackDue === Number.POSITIVE_INFINITY) this.#ackDue = now + this.#path.delayedAck;
	}

	#send(now: number): void {
		if (this.#state !== "open") return;
		this.#collectWrites(now);
		while (this.#unsent.length > 0 && this.#inFlight.length < this.#window) {
			const { payload, push } = this.#unsent.shift()!;
			this.#launch(ACK | (push ? PSH : 0), payload, now);
		}
		const written = this.#unsent.length === 0 && this.#nextWrite === this.#writes.length;
		if (written && !this.#finished && (this.#otherFinished || this.#closeAt <= now + EPSILON)) {
			this.#finished = true;
			this.#launch(FIN | ACK, NOTHING, now);
		}
	}

	#collectWrites(now: number): void {
		const size = this.#path.segmentSize - (this.#path.timestamps ? 12 : 0);
		for (; this.#nextWrite < this.#writes.length; this.#nextWrite++) {
			const { at, bytes, follows } = this.#writes[this.#nextWrite]!;
			if (at > now + EPSILON || this.#expected - 1 < follows) return;
			for (let begin = 0; begin < bytes.length; begin += size) {
				this.#unsent.push({ payload: bytes.subarray(begin, begin + size), push: begin + size >= bytes.length });
			}
		}
	}

	#launch(flags: number, payload: Uint8Array, now: number): void {
		const end = this.#next + payload.length + (flags & (SYN | FIN) ? 1 : 0);
		const flight: Flight = { begin: this.#next, end, flags, payload, timedFrom: now };
		this.#next = end;
		this.#inFlight.push(flight);
		this.#emit(flight, now);
	}

	#resend(flight: Flight, now: number): void {
		flight.timedFrom = now;
		this.#emit(flight, now);
	}

	#sendAck(now: number): void {
		this.#emit({ begin: this.#next, flags: ACK, payload: NOTHING }, now);
	}

	#emit({ begin, flags, payload }: Pick<Flight, "begin" | "flags" | "payload">, now: number): void {
		this.#ackDue = Number.POSITIVE_INFINITY;
		this.#toAcknowledge = 0;
		this.#outbox.push({
			sequence: (this.#initialSequence + begin) >>> 0,
			acknowledgement: flags & ACK ? (this.#otherInitial + this.#expected) >>> 0 : 0,
			flags,
			window: flags & SYN ? 64_240 : 501,
			options: this.#options((flags & SYN) !== 0, now),
			payload,
		});
	}

	/** Time stamps (RFC 7323) on all; segment size, selective acknowledgement and window scale on the SYN. */
	#options(syn: boolean, now: number): number[] {
		const clock = (this.#clockOffset + Math.floor(now * 1000)) >>> 0;
		const stamps = this.#path.timestamps ? [1, 1, 8, 10, ...word(clock), ...word(this.#otherClock)] : [];
		if (!syn) return stamps;
		const size = this.#path.segmentSize;
		return [2, 4, size >> 8, size & 0xff, 1, 1, 4, 2, 1, 3, 3, 7, ...stamps];
	}
}

const EPSILON = 1e-9;

function word(value: number): number[] {
	return [value >>> 24, (value >> 16) & 0xff, (value >> 8) & 0xff, value & 0xff];
}

/** The sender's clock, which {@link TcpEnd} always puts last. */
function clockIn(options: readonly number[]): number {
	const [a, b, c, d] = options.slice(-8) as [number, number, number, number];
	return ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
}
