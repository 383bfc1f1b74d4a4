import type { ByteSource } from "../bytes/byte-source.ts";
import { countMalformed, createCounters, type SourceCounters } from "../bytes/counters.ts";
import { within } from "../bytes/within.ts";
import type { CapturedPacket } from "../capture/captured-packet.ts";
import { OUTCOME, OUTCOME_REASONS } from "../capture/outcome.ts";
import { type DecoderOptions, PacketDecoder } from "../capture/packet-decoder.ts";
import { PacketReader } from "../capture/packet-reader.ts";
import { isFirst } from "../capture/shard.ts";
import type { AskedName } from "../dns/name-table.ts";
import type { FlowColumns } from "../flow/flow-columns.ts";
import type { FlowSource } from "../flow/flow-source.ts";
import { Meter, type MeterOptions } from "./meter.ts";
import { PACKETS_AT_ONCE, PacketBatch } from "./packet-batch.ts";
import type { Rotation } from "./rotation.ts";
import { SeenDirections } from "./seen-directions.ts";

export interface MeterCaptureOptions extends MeterOptions, DecoderOptions {
	/** For a capture that is one of several files of one observation: carries open flows to the next file. */
	readonly rotation?: Rotation;
	/** Called with every packet before it is metered; the packet is reused. */
	readonly tap?: { add(packet: CapturedPacket): void };
	/** Called at the end with the names that clients queried, if `resolvedNames` keeps them. */
	readonly tellAsked?: (names: Iterable<AskedName>) => void;
	/**
	 * With a shard of a file only: packets of the whole capture after which there is a batch, possibly empty, so
	 * that the batches of several shards have an order that depends on the packets alone.
	 */
	readonly packetsPerRound?: number;
}

/** Flows in a batch: enough to make the cost of a batch negligible, few enough to stay in the cache. */
const BATCH = 4096;
/** Most link types with a warning; a hostile pcapng may have thousands. */
const MOST_LINK_TYPES = 4;
/** Milliseconds between readings of the clock in a live capture. */
const TICK = 1000;

/**
 * The flows of a capture (pcap or pcapng, by its content), metered as its packets are read. Iterating throws a
 * `DeCryptoError` if `source` is not a capture; a truncated capture is read up to the cut, with a warning.
 * Packets that make no flow are counted by reason in `counters.malformed`.
 */
export function meterCapture(source: ByteSource, options: MeterCaptureOptions = {}): FlowSource {
	return new CaptureFlows(source, options);
}

class CaptureFlows implements FlowSource {
	readonly name: string;
	readonly counters: SourceCounters;
	readonly #reader: PacketReader;
	readonly #decoder: PacketDecoder;
	readonly #meter: Meter;
	readonly #batch = new PacketBatch();
	readonly #outcomes = new Float64Array(OUTCOME_REASONS.length);
	readonly #refusedLinkTypes = new Set<number>();
	readonly #live: boolean;
	readonly #rotation: Rotation | undefined;
	readonly #tap: MeterCaptureOptions["tap"];
	readonly #tellAsked: MeterCaptureOptions["tellAsked"];
	readonly #packetsPerRound: number;
	/** Packets of the capture left in the round. */
	#leftOfRound: number;
	readonly #directions = new SeenDirections();
	#stopped = false;
	/**
	 * Time of the last packet in µs; time of its metering and of the last ending of flows by the clock, in ms of this
	 * process.
	 */
	#lastTime = 0;
	#lastSeen = 0;
	#lastTick = 0;

	constructor(source: ByteSource, options: MeterCaptureOptions) {
		this.name = source.name;
		this.counters = source.counters;
		// One shard reports the faults of the file for all.
		const tellsOfFile = options.shard === undefined || isFirst(options.shard);
		this.#reader = new PacketReader(source, tellsOfFile ? source.counters : createCounters());
		this.#decoder = new PacketDecoder(options);
		this.#rotation = options.rotation;
		this.#tap = options.tap;
		this.#tellAsked = options.tellAsked;
		this.#meter = options.rotation?.take() ?? new Meter(options);
		this.#live = options.live ?? false;
		this.#packetsPerRound = options.packetsPerRound ?? Infinity;
		this.#leftOfRound = this.#packetsPerRound;
	}

	async *[Symbol.asyncIterator](): AsyncGenerator<FlowColumns> {
		const { flows } = this.#meter;
		try {
			let filling: Promise<boolean> | undefined;
			while (!this.#stopped) {
				filling ??= this.#reader.fill();
				const isFilled = this.#live ? await within(filling, TICK) : await filling;
				if (isFilled === false) break;
				if (isFilled) {
					filling = undefined;
					while (this.#meterPackets()) yield* this.#endRound();
				}
				if (this.#live) this.#tick();
				if (flows.length >= (this.#live ? 1 : BATCH)) yield* this.#flows();
			}
			if (!(await this.#goesOn())) while (this.#meter.drain(BATCH)) if (flows.length >= BATCH) yield* this.#flows();
			yield* this.#flows();
			this.#tellAtEnd();
		} finally {
			this.#reader.close();
		}
	}

	stop(): void {
		this.#stopped = true;
		// A file's next chunk arrives immediately; live packets may never arrive.
		if (this.#live) this.#reader.close();
	}

	async [Symbol.asyncDispose](): Promise<void> {
		this.#reader.close();
	}

	/** Whether open flows continue in the capture's next file. */
	async #goesOn(): Promise<boolean> {
		if (this.#stopped || this.#rotation === undefined || !(await this.#rotation.continuesAfter(this.#lastTime)))
			return false;
		this.#rotation.leave(this.#meter);
		return true;
	}

	/** Meters the packets in memory up to the end of a round; returns whether the round has ended. */
	#meterPackets(): boolean {
		const reader = this.#reader;
		const captured = reader.packet;
		const batch = this.#batch;
		const most = this.#leftOfRound;
		let packets = 0;
		let elsewhere = 0;
		while (packets < most && reader.next()) {
			packets++;
			if (this.#tap !== undefined) this.#tap.add(captured);
			const outcome = this.#decoder.decode(captured, batch.packets[batch.length]!);
			if (outcome === OUTCOME.DECODED) {
				batch.times[batch.length++] = captured.time;
				if (batch.length === PACKETS_AT_ONCE) this.#meterBatch();
			} else if (outcome === OUTCOME.ELSEWHERE) {
				elsewhere++;
			} else {
				this.#outcomes[-outcome]!++;
				if (outcome === OUTCOME.LINK_TYPE) this.#warnOfLinkType(captured.linkType);
			}
		}
		// The bytes of these packets are about to be overwritten.
		this.#meterBatch();
		this.counters.packets += packets - elsewhere;
		this.#leftOfRound -= packets;
		if (packets > 0) {
			this.#lastTime = captured.time;
			this.#lastSeen = performance.now();
		}
		this.#tellOutcomes();
		return this.#leftOfRound === 0;
	}

	/** The flows of the round, possibly none. */
	*#endRound(): Generator<FlowColumns> {
		this.#leftOfRound = this.#packetsPerRound;
		yield* this.#batchOfFlows();
	}

	#meterBatch(): void {
		this.#meter.addAll(this.#batch, this.#reader.packet.bytes);
		this.#batch.length = 0;
	}

	*#flows(): Generator<FlowColumns> {
		if (this.#meter.flows.length > 0) yield* this.#batchOfFlows();
	}

	*#batchOfFlows(): Generator<FlowColumns> {
		const { flows } = this.#meter;
		this.counters.flows += flows.length;
		const columns = flows.columns();
		this.#directions.count(columns);
		yield columns;
		flows.clear();
	}

	#warnOfLinkType(linkType: number): void {
		if (this.#refusedLinkTypes.has(linkType) || this.#refusedLinkTypes.size === MOST_LINK_TYPES) return;
		this.#refusedLinkTypes.add(linkType);
		this.counters.warnings.push(
			`${this.name}: packets of link type ${linkType} are not read (docs/metering.md has those that are)`,
		);
	}

	#tellOutcomes(): void {
		for (let i = 1; i < this.#outcomes.length; i++) {
			if (this.#outcomes[i] === 0) continue;
			countMalformed(this.counters, OUTCOME_REASONS[i]!, this.#outcomes[i]);
			this.#outcomes[i] = 0;
		}
	}

	/** Once a second flows end by the clock: the time of the last packet plus the time passed since. */
	#tick(): void {
		const now = performance.now();
		if (now - this.#lastTick < TICK || this.counters.packets === 0) return;
		this.#lastTick = now;
		this.#meter.tick(this.#lastTime + Math.floor((now - this.#lastSeen) * 1000));
	}

	#tellAtEnd(): void {
		const { evicted, hellosSkipped } = this.#meter;
		const { warnings } = this.counters;
		if (this.#directions.isMostlyOne)
			warnings.push(
				`${this.name}: most TCP connections show one direction only, and shape cannot judge them: the capture point sees one direction (a mirror port of one direction, or asymmetric routing)`,
			);
		this.#tellAsked?.(this.#meter.askedNames());
		if (evicted > 0) warnings.push(`${this.name}: ${evicted} flows were ended early, because the flow table was full`);
		if (hellosSkipped > 0) warnings.push(`${this.name}: ${hellosSkipped} QUIC packets of a flood were not opened`);
	}
}
