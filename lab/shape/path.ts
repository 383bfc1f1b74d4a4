import type { Random } from "../random.ts";

/** The path between client and server, and the position of the exporter on it. Times in seconds. */
export interface Path {
	readonly roundTrip: number;
	/** Position of the exporter: 0 at the client, 1 at the server. */
	readonly observer: number;
	/** Mean of the exponential noise on every delay. */
	readonly jitter: number;
	/** Probability that a segment is lost after the observer and sent again. */
	readonly loss: number;
	/** Payload bytes of a full segment. */
	readonly segment: { readonly client: number; readonly server: number };
	/** IP and TCP header bytes of every packet; 12 more with timestamps, 20 more for IPv6. */
	readonly headers: number;
	/** How long a receiver delays an acknowledgement in order to send it with data (RFC 1122, 4.2.3.2: at most 0.5). */
	readonly delayedAck: { readonly client: number; readonly server: number };
	/** Writes closer together than this leave as one segment (Nagle, RFC 896; corking; batching in the sender). */
	readonly coalesces: { readonly client: number; readonly server: number };
}

export function drawPath(random: Random): Path {
	const segment = random.pick([1460, 1460, 1460, 1448, 1448, 1440, 1400, 1388, 1380, 1368, 1352, 1220]);
	const acks = [0.0005, 0.04, 0.04, 0.1, 0.2];
	const coalescing = [0, 0, 0.0005, 0.002, 0.01, 0.04];
	return {
		roundTrip: logUniform(random, 0.002, 0.35),
		observer: random.pick([0, random.next(), random.next(), 1]),
		jitter: random.pick([0.0003, 0.001, 0.004, 0.02]),
		loss: random.pick([0, 0, 0, 0.002, 0.01, 0.03]),
		segment: { client: segment, server: random.chance(0.7) ? segment : random.pick([1460, 1448, 1380]) },
		headers: random.pick([40, 40, 40, 52, 52, 60, 72]),
		delayedAck: { client: random.pick(acks), server: random.pick(acks) },
		coalesces: { client: random.pick(coalescing), server: random.pick(coalescing) },
	};
}

/** Uniform on a logarithmic scale, for values with an unknown order of magnitude. */
export function logUniform(random: Random, low: number, high: number): number {
	return low * (high / low) ** random.next();
}

/** {@link logUniform} in whole bytes. */
export function size(random: Random, low: number, high: number): number {
	return Math.round(logUniform(random, low, high));
}
