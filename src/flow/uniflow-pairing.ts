import { FlowColumnsBuilder } from "./columns-builder.ts";
import { appendFlow } from "./columns-of-flows.ts";
import { type Flow, flowAt } from "./flow.ts";
import type { FlowColumns } from "./flow-columns.ts";
import { FLOW_KEY_LENGTH, writeFlowKey } from "./flow-key.ts";

export interface PairingOptions {
	/** Microseconds of flow time that one direction waits for the other: at least the active timeout of the exporter. */
	readonly window: number;
	/** Most uniflows that wait; beyond that the oldest is released unpaired. */
	readonly capacity: number;
}

export const DEFAULT_PAIRING: PairingOptions = { window: 120e6, capacity: 262_144 };

/**
 * Records of one connection and direction that wait at a time; an exporter may send several before the other
 * direction's.
 */
const MOST_OF_ONE = 8;
/** Packet lists have at most this many packets (PPI). */
const MOST_PACKETS = 30;

/** The number of records per outcome, for counters. */
export interface PairingCounts {
	/** Biflows made of two records. */
	paired: number;
	/** Records released without their other direction. */
	alone: number;
	/** Of these, those released early because too many were waiting. */
	crowdedOut: number;
}

/**
 * Makes biflows of records of one direction each (RFC 5103, 2: a biflow has one key for both directions). Two records
 * are paired if each one's source is the other's destination and their times overlap or are within the window, in
 * either order. Records that have both directions pass at once.
 */
export class UniflowPairing {
	readonly counts: PairingCounts = { paired: 0, alone: 0, crowdedOut: 0 };
	readonly #options: PairingOptions;
	/** Waiting records by undirected flow key, in the order in which their first began to wait. */
	readonly #waiting = new Map<string, Flow[]>();
	#waitingCount = 0;
	#latest = 0;
	readonly #builder = new FlowColumnsBuilder({ extras: ["alpn", "ja3", "ja4", "quicServerName"], vlan: true });
	readonly #key = Buffer.alloc(FLOW_KEY_LENGTH);

	constructor(options: PairingOptions = DEFAULT_PAIRING) {
		this.#options = options;
	}

	/** Takes a batch; returns the complete flows. The returned batch is valid until the next call. */
	add(flows: FlowColumns): FlowColumns {
		this.#builder.clear();
		for (let i = 0; i < flows.length; i++) {
			this.#latest = Math.max(this.#latest, flows.timeLast[i]!);
			if (flows.packetsReverse[i]! > 0) this.#emit(flowAt(flows, i));
			else this.#place(flows, i);
		}
		this.#expire(this.#latest - this.#options.window);
		return this.#builder.columns();
	}

	/** Advances the time without a record; returns the records that have waited long enough. */
	idle(microseconds: number): FlowColumns {
		this.#latest += microseconds;
		this.#builder.clear();
		this.#expire(this.#latest - this.#options.window);
		return this.#builder.columns();
	}

	/** Returns the records that still wait, without their other direction. */
	end(): FlowColumns {
		this.#builder.clear();
		this.#expire(Number.POSITIVE_INFINITY);
		return this.#builder.columns();
	}

	#place(flows: FlowColumns, i: number): void {
		writeFlowKey(flows, i, this.#key, false);
		const key = this.#key.toString("latin1");
		const flow = flowAt(flows, i);
		const waiting = this.#waiting.get(key);
		const partner = waiting && this.#partnerOf(flow, waiting);
		if (partner !== undefined) {
			this.#remove(key, waiting!, partner);
			this.counts.paired++;
			this.#emit(biflowOf(partner, flow));
			return;
		}
		if (waiting === undefined) this.#waiting.set(key, [flow]);
		else {
			if (waiting.length === MOST_OF_ONE) this.#leaveAlone(key, waiting, waiting[0]!);
			waiting.push(flow);
		}
		this.#waitingCount++;
		if (this.#waitingCount > this.#options.capacity) this.#crowdOut();
	}

	/** The record of the other direction with the longest overlap with `flow`. */
	#partnerOf(flow: Flow, waiting: readonly Flow[]): Flow | undefined {
		let best: Flow | undefined;
		let longest = -this.#options.window;
		for (const other of waiting) {
			if (!areOpposite(flow, other)) continue;
			const overlap = Math.min(flow.timeLast, other.timeLast) - Math.max(flow.timeFirst, other.timeFirst);
			if (overlap < longest) continue;
			longest = overlap;
			best = other;
		}
		return best;
	}

	/** Releases records that ended before `time`. Keys are in the order of waiting, which is nearly that of time. */
	#expire(time: number): void {
		for (const [key, waiting] of this.#waiting) {
			if (waiting[0]!.timeLast >= time) return;
			for (const flow of [...waiting]) if (flow.timeLast < time) this.#leaveAlone(key, waiting, flow);
		}
	}

	#crowdOut(): void {
		const [key, waiting] = this.#waiting.entries().next().value!;
		this.counts.crowdedOut++;
		this.#leaveAlone(key, waiting, waiting[0]!);
	}

	#leaveAlone(key: string, waiting: Flow[], flow: Flow): void {
		this.#remove(key, waiting, flow);
		this.counts.alone++;
		this.#emit(flow);
	}

	#remove(key: string, waiting: Flow[], flow: Flow): void {
		waiting.splice(waiting.indexOf(flow), 1);
		this.#waitingCount--;
		if (waiting.length === 0) this.#waiting.delete(key);
	}

	#emit(flow: Flow): void {
		appendFlow(this.#builder, flow);
	}
}

/** Pairs the flows of a source; batches without a complete flow are left out. */
export async function* pairUniflows(
	batches: AsyncIterable<FlowColumns>,
	pairing = new UniflowPairing(),
): AsyncGenerator<FlowColumns> {
	for await (const batch of batches) {
		const complete = pairing.add(batch);
		if (complete.length > 0) yield complete;
	}
	const rest = pairing.end();
	if (rest.length > 0) yield rest;
}

function areOpposite(a: Flow, b: Flow): boolean {
	return (
		a.sourceAddress === b.destinationAddress &&
		a.sourcePort === b.destinationPort &&
		a.destinationAddress === b.sourceAddress
	);
}

/** The biflow of two records; its source is the end that sent first, in a tie the end with the higher port. */
function biflowOf(a: Flow, b: Flow): Flow {
	const aIsFirst = a.timeFirst === b.timeFirst ? a.sourcePort >= b.sourcePort : a.timeFirst < b.timeFirst;
	const [forward, reverse] = aIsFirst ? [a, b] : [b, a];
	return {
		...reverse,
		...forward,
		bytesReverse: reverse.bytes,
		packetsReverse: reverse.packets,
		tcpFlagsReverse: reverse.tcpFlags,
		timeFirst: Math.min(a.timeFirst, b.timeFirst),
		timeLast: Math.max(a.timeLast, b.timeLast),
		payloadReverse: reverse.payload,
		serverName: forward.serverName || reverse.serverName,
		...packetsOf(forward, reverse),
	};
}

type Packets = Pick<Flow, "packetLengths" | "packetDirections" | "packetFlags" | "packetTimes">;

/** The packets of both directions in the order of their times. */
function packetsOf(forward: Flow, reverse: Flow): Packets {
	const both = [...packetRows(forward, 1), ...packetRows(reverse, -1)]
		.sort((a, b) => a.time - b.time)
		.slice(0, MOST_PACKETS);
	return {
		packetLengths: both.map(({ length }) => length),
		packetDirections: both.map(({ direction }) => direction),
		packetFlags: both.map(({ flags }) => flags),
		packetTimes: both.map(({ time }) => time),
	};
}

function packetRows(flow: Flow, direction: number) {
	return flow.packetTimes.map((time, k) => ({
		time,
		direction,
		length: flow.packetLengths[k] ?? 0,
		flags: flow.packetFlags[k] ?? 0,
	}));
}
