import { type AlertRecord, unirecMicroseconds, unirecTime } from "./alert-record.ts";
import type { MinerFlow, MinerReason } from "./miner-flow.ts";

export interface AggregatorOptions {
	/** `-a`: an alert is exported after this many flows. */
	readonly activeFlows: number;
	/** `-p`: or after this long without a new one, in microseconds of flow time. */
	readonly passive: number;
	/** `-m`: an alert with nothing but ML evidence needs this many flows. */
	readonly leastMlFlows: number;
	/** `-d`: drop alerts with nothing but DST evidence. */
	readonly dropDstOnly: boolean;
	/** `-r`: swap source and destination where the destination looks like the client. */
	readonly rotate: boolean;
	/** Conversations kept at once; beyond it the longest unchanged one is exported early and counted. */
	readonly capacity: number;
}

export const AGGREGATOR_DEFAULTS: AggregatorOptions = {
	activeFlows: 5,
	passive: 30 * 60_000_000,
	leastMlFlows: 3,
	dropDstOnly: false,
	rotate: false,
	capacity: 1_000_000,
};

export interface AggregatorCounters {
	flows: number;
	exported: number;
	/** Alerts with too little evidence. */
	suppressed: number;
	exportedEarly: number;
}

/** Pool ports that the original never takes for a client's. */
const POOL_PORTS = new Set([3333, 4444, 5555, 7777, 12433, 14433, 14444, 17777, 20005, 20128, 20535]);

/** One conversation: an alert in the making. */
interface Conversation {
	readonly first: MinerFlow;
	readonly rotated: boolean;
	readonly counts: Record<MinerReason, number>;
	flows: number;
	bytes: bigint;
	packets: bigint;
	ceaseTime: bigint;
	serverName: Uint8Array;
	/** Flow time of the last flow, microseconds. */
	updated: number;
}

/**
 * The original's aggregator: joins miner flows of one conversation, in either direction, into alerts. Its clock is the
 * time of the flows. Alerts with too little evidence are dropped when they are due; at the end everything is exported.
 */
export class Aggregator {
	readonly counters: AggregatorCounters = { flows: 0, exported: 0, suppressed: 0, exportedEarly: 0 };
	readonly #options: AggregatorOptions;
	/** In the order of the last update. */
	readonly #conversations = new Map<string, Conversation>();
	#now = 0;
	/** No conversation is due for its age before this time. */
	#nextSweep = Number.POSITIVE_INFINITY;

	constructor(options: AggregatorOptions = AGGREGATOR_DEFAULTS) {
		this.#options = options;
	}

	/** Adds a flow; returns the alerts that became due by it. */
	add(flow: MinerFlow): AlertRecord[] {
		this.counters.flows++;
		const at = unirecMicroseconds(flow.timeLast);
		this.#now = Math.max(this.#now, at);
		const due = this.#sweep();
		const key = keyOf(flow);
		// Between two sweeps: a conversation that is already due must not grow.
		const known = this.#conversations.get(key);
		if (known && known.updated + this.#options.passive <= this.#now) this.#exportIfStrong(key, known, due);
		const conversation = this.#update(key, flow, at);
		if (conversation.flows >= this.#options.activeFlows) this.#exportIfStrong(key, conversation, due);
		else if (this.#conversations.size > this.#options.capacity) this.#exportOldest(due);
		return due;
	}

	/** The end of the stream: everything that is left, unfiltered. */
	finish(): AlertRecord[] {
		const rest = [...this.#conversations.values()].map((conversation) => this.#alertOf(conversation));
		this.#conversations.clear();
		this.counters.exported += rest.length;
		return rest;
	}

	#update(key: string, flow: MinerFlow, at: number): Conversation {
		const conversation = this.#conversations.get(key) ?? begin(flow, this.#options.rotate);
		this.#conversations.delete(key);
		this.#conversations.set(key, conversation);
		conversation.flows++;
		conversation.counts[flow.reason]++;
		conversation.bytes += flow.bytes;
		conversation.packets += flow.packets;
		conversation.ceaseTime = flow.timeLast;
		conversation.updated = at;
		if (flow.reason === "dst" && conversation.serverName.length === 0) conversation.serverName = flow.serverName;
		this.#nextSweep = Math.min(this.#nextSweep, at + this.#options.passive);
		return conversation;
	}

	/** Exports conversations that have been quiet for too long. */
	#sweep(): AlertRecord[] {
		const due: AlertRecord[] = [];
		if (this.#now < this.#nextSweep) return due;
		let earliest = Number.POSITIVE_INFINITY;
		for (const [key, conversation] of this.#conversations) {
			const end = conversation.updated + this.#options.passive;
			if (end <= this.#now) this.#exportIfStrong(key, conversation, due);
			else earliest = Math.min(earliest, end);
		}
		// Once per second of flow time: a sweep looks at every conversation.
		this.#nextSweep = Math.max(earliest, this.#now + SWEEP_INTERVAL);
		return due;
	}

	#exportIfStrong(key: string, conversation: Conversation, due: AlertRecord[]): void {
		this.#conversations.delete(key);
		if (this.#isWeak(conversation)) {
			this.counters.suppressed++;
			return;
		}
		this.counters.exported++;
		due.push(this.#alertOf(conversation));
	}

	#exportOldest(due: AlertRecord[]): void {
		const [key, conversation] = this.#conversations.entries().next().value!;
		this.counters.exportedEarly++;
		this.#exportIfStrong(key, conversation, due);
	}

	/** One Stratum flow, or DST and ML together, are always enough. */
	#isWeak({ counts: { stratum, dst, ml } }: Conversation): boolean {
		if (stratum > 0 || (dst > 0 && ml > 0)) return false;
		return dst > 0 ? this.#options.dropDstOnly : ml < this.#options.leastMlFlows;
	}

	#alertOf({ first, rotated, counts, flows, bytes, packets, ceaseTime, serverName }: Conversation): AlertRecord {
		return {
			source: rotated ? first.destination : first.source,
			destination: rotated ? first.source : first.destination,
			sourcePort: rotated ? first.destinationPort : first.sourcePort,
			destinationPort: rotated ? first.sourcePort : first.destinationPort,
			flows: BigInt(flows),
			bytes: BigInt.asUintN(64, bytes),
			packets,
			eventTime: first.timeFirst,
			ceaseTime,
			detectTime: first.detectTime,
			windowStart: first.timeFirst,
			// The original's clock has microseconds.
			windowEnd: unirecTime(this.#now),
			stratum: counts.stratum,
			dst: counts.dst,
			ml: counts.ml,
			rotated,
			serverName,
		};
	}
}

const SWEEP_INTERVAL = 1_000_000;
const NO_NAME = new Uint8Array(0);

function begin(first: MinerFlow, rotate: boolean): Conversation {
	return {
		first,
		rotated: rotate && looksLikeClient(first),
		counts: { stratum: 0, dst: 0, ml: 0 },
		flows: 0,
		bytes: 0n,
		packets: 0n,
		ceaseTime: 0n,
		serverName: NO_NAME,
		updated: 0,
	};
}

/** Whether the destination is the client, by its port. */
function looksLikeClient({ sourcePort, destinationPort }: MinerFlow): boolean {
	return destinationPort >= 1024 && destinationPort >= sourcePort && !POOL_PORTS.has(destinationPort);
}

/** Addresses and ports, each sorted: both directions are one conversation. */
function keyOf({ source, destination, sourcePort, destinationPort }: MinerFlow): string {
	const addresses = [Buffer.from(source).toString("latin1"), Buffer.from(destination).toString("latin1")].sort();
	const low = Math.min(sourcePort, destinationPort);
	return `${addresses.join("")}${low} ${Math.max(sourcePort, destinationPort)}`;
}
