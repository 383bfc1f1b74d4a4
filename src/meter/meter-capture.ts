import type { ByteSource } from "../bytes/byte-source.ts";
import { countMalformed, type SourceCounters } from "../bytes/counters.ts";
import { DecodedPacket } from "../capture/decoded-packet.ts";
import { OUTCOME_REASONS } from "../capture/outcome.ts";
import { type DecoderOptions, PacketDecoder } from "../capture/packet-decoder.ts";
import { PacketReader } from "../capture/packet-reader.ts";
import type { FlowColumns } from "../flow/flow-columns.ts";
import type { FlowSource } from "../flow/flow-source.ts";
import { Meter, type MeterOptions } from "./meter.ts";

export interface MeterCaptureOptions extends MeterOptions, DecoderOptions {}

/** Flows in a batch: enough to make the batch's cost vanish, few enough to stay in the cache. */
const BATCH = 4096;

/**
 * The flows of a capture (pcap or pcapng, told by its content), metered as its packets are read. Iterating throws a
 * `DeCryptoError` where `source` is no capture; a capture that is cut gives everything up to the cut and a warning.
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
	readonly #packet = new DecodedPacket();
	readonly #outcomes = new Float64Array(OUTCOME_REASONS.length);
	#stopped = false;

	constructor(source: ByteSource, options: MeterCaptureOptions) {
		this.name = source.name;
		this.counters = source.counters;
		this.#reader = new PacketReader(source);
		this.#decoder = new PacketDecoder(options);
		this.#meter = new Meter(options);
	}

	async *[Symbol.asyncIterator](): AsyncGenerator<FlowColumns> {
		const { flows } = this.#meter;
		try {
			while (!this.#stopped && (await this.#reader.fill())) {
				this.#meterPackets();
				if (flows.length >= BATCH) yield* this.#batch();
			}
			while (this.#meter.drain(BATCH - Math.min(flows.length, BATCH - 1))) yield* this.#batch();
			yield* this.#batch();
			this.#tellEvicted();
		} finally {
			this.#reader.close();
		}
	}

	stop(): void {
		this.#stopped = true;
	}

	async [Symbol.asyncDispose](): Promise<void> {
		this.#reader.close();
	}

	/** The packets that are in memory. */
	#meterPackets(): void {
		const reader = this.#reader;
		const captured = reader.packet;
		const packet = this.#packet;
		let packets = 0;
		while (reader.next()) {
			packets++;
			const outcome = this.#decoder.decode(captured, packet);
			if (outcome === 0) this.#meter.add(packet, captured.bytes, captured.time);
			else this.#outcomes[-outcome]!++;
		}
		this.counters.packets += packets;
		this.#tellOutcomes();
	}

	*#batch(): Generator<FlowColumns> {
		const { flows } = this.#meter;
		if (flows.length === 0) return;
		this.counters.flows += flows.length;
		yield flows.columns();
		flows.clear();
	}

	#tellOutcomes(): void {
		for (let i = 1; i < this.#outcomes.length; i++) {
			if (this.#outcomes[i] === 0) continue;
			countMalformed(this.counters, OUTCOME_REASONS[i]!, this.#outcomes[i]);
			this.#outcomes[i] = 0;
		}
	}

	#tellEvicted(): void {
		const { evicted } = this.#meter;
		if (evicted > 0) this.counters.warnings.push(`${this.name}: ${evicted} flows left early, the flow table was full`);
	}
}
