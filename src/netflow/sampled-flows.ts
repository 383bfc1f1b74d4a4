import { countMalformed, type SourceCounters } from "../bytes/counters.ts";
import { CapturedPacket } from "../capture/captured-packet.ts";
import { DecodedPacket } from "../capture/decoded-packet.ts";
import { OUTCOME, OUTCOME_REASONS } from "../capture/outcome.ts";
import { PacketDecoder } from "../capture/packet-decoder.ts";
import type { FlowColumnsBuilder } from "../flow/columns-builder.ts";
import type { SampledPacket } from "./sflow-datagram.ts";

export interface SampledFlowsOptions {
	/** Microseconds without a sample after which a flow is exported, and after which one that goes on is. */
	readonly idleTimeout: number;
	readonly activeTimeout: number;
	/** Flows at a time; the one that began longest ago is exported for a new one. */
	readonly capacity: number;
}

/** Of a sampled flow few packets are seen: it is given longer than a metered one. */
export const DEFAULT_SAMPLED_FLOWS: SampledFlowsOptions = {
	idleTimeout: 180e6,
	activeTimeout: 300e6,
	capacity: 262_144,
};

/** Bytes of payload that are kept per direction (IDP_CONTENT has 100). */
const PAYLOAD_BYTES = 100;

interface SampledFlow {
	/** Source and destination, 16 bytes each. */
	readonly ends: Uint8Array;
	readonly sourcePort: number;
	readonly destinationPort: number;
	readonly protocol: number;
	timeFirst: number;
	timeLast: number;
	readonly packets: [number, number];
	readonly bytes: [number, number];
	readonly tcpFlags: [number, number];
	readonly payload: [Uint8Array | undefined, Uint8Array | undefined];
}

/**
 * Flows of sampled packets: counters are estimates, each sample counting for the packets it was drawn from. The payload of
 * the first sample that has any is kept, so that a mining message in it is recognised; there is no packet list, since the
 * packets between the samples are not known.
 */
export class SampledFlows {
	readonly #options: SampledFlowsOptions;
	readonly #builder: FlowColumnsBuilder;
	readonly #counters: SourceCounters;
	readonly #flows = new Map<string, SampledFlow>();
	readonly #decoder = new PacketDecoder();
	readonly #captured = new CapturedPacket();
	readonly #packet = new DecodedPacket();
	readonly #key = Buffer.alloc(37);

	/** Finished flows are appended to `builder`. */
	constructor(builder: FlowColumnsBuilder, counters: SourceCounters, options = DEFAULT_SAMPLED_FLOWS) {
		this.#builder = builder;
		this.#counters = counters;
		this.#options = options;
	}

	/** A sample whose header stands in `bytes`. `time`: its arrival, microseconds since the epoch; sFlow has no other time. */
	add(bytes: Uint8Array, sample: SampledPacket, time: number): void {
		this.#counters.packets++;
		const captured = this.#captured;
		captured.bytes = bytes;
		captured.begin = sample.begin;
		captured.end = sample.end;
		captured.wireLength = sample.frameLength;
		captured.linkType = sample.linkType;
		captured.time = time;
		const outcome = this.#decoder.decode(captured, this.#packet);
		if (outcome !== OUTCOME.DECODED)
			countMalformed(this.#counters, OUTCOME_REASONS[-outcome] ?? "sflow: header not decoded");
		else this.#count(bytes, sample.samplingRate, time);
	}

	/** Exports what is over at `now`. */
	expire(now: number): void {
		const { idleTimeout, activeTimeout } = this.#options;
		for (const [key, flow] of this.#flows) {
			if (now - flow.timeLast < idleTimeout && now - flow.timeFirst < activeTimeout) continue;
			this.#flows.delete(key);
			this.#export(flow);
		}
	}

	/** Exports everything: the source has ended. */
	end(): void {
		for (const flow of this.#flows.values()) this.#export(flow);
		this.#flows.clear();
	}

	#count(bytes: Uint8Array, rate: number, time: number): void {
		const packet = this.#packet;
		this.#writeKey();
		const key = this.#key.toString("latin1");
		let flow = this.#flows.get(key);
		if (flow === undefined) {
			if (this.#flows.size >= this.#options.capacity) this.#exportOldest();
			flow = this.#newFlow(time);
			this.#flows.set(key, flow);
		}
		const direction = this.#isFromSource(flow) ? 0 : 1;
		flow.timeFirst = Math.min(flow.timeFirst, time);
		flow.timeLast = Math.max(flow.timeLast, time);
		flow.packets[direction] += rate;
		flow.bytes[direction] += packet.ipLength * rate;
		flow.tcpFlags[direction] |= packet.tcpFlags;
		if (packet.payloadEnd > packet.payloadBegin) {
			flow.payload[direction] ??= bytes.slice(
				packet.payloadBegin,
				Math.min(packet.payloadEnd, packet.payloadBegin + PAYLOAD_BYTES),
			);
		}
	}

	/** Writes the key of the packet, with its ends in ascending order. */
	#writeKey(): void {
		const { source, destination } = this.#ends();
		const order = Buffer.compare(source, destination);
		const packet = this.#packet;
		const isForward = order < 0 || (order === 0 && packet.sourcePort <= packet.destinationPort);
		this.#key.set(isForward ? source : destination, 0);
		this.#key.set(isForward ? destination : source, 16);
		this.#key.writeUInt16BE(isForward ? packet.sourcePort : packet.destinationPort, 32);
		this.#key.writeUInt16BE(isForward ? packet.destinationPort : packet.sourcePort, 34);
		this.#key[36] = packet.protocol;
	}

	readonly #source = Buffer.alloc(16);
	readonly #destination = Buffer.alloc(16);

	#ends(): { source: Buffer; destination: Buffer } {
		const packet = this.#packet;
		writeAddressWords(this.#source, packet.version, [packet.source0, packet.source1, packet.source2, packet.source3]);
		writeAddressWords(this.#destination, packet.version, [
			packet.destination0,
			packet.destination1,
			packet.destination2,
			packet.destination3,
		]);
		return { source: this.#source, destination: this.#destination };
	}

	#newFlow(time: number): SampledFlow {
		const packet = this.#packet;
		// A SYN with ACK comes from the server: the flow's source is the other end.
		const isAnswer = (packet.tcpFlags & 0x12) === 0x12;
		const ends = new Uint8Array(32);
		ends.set(isAnswer ? this.#destination : this.#source, 0);
		ends.set(isAnswer ? this.#source : this.#destination, 16);
		return {
			ends,
			sourcePort: isAnswer ? packet.destinationPort : packet.sourcePort,
			destinationPort: isAnswer ? packet.sourcePort : packet.destinationPort,
			protocol: packet.protocol,
			timeFirst: time,
			timeLast: time,
			packets: [0, 0],
			bytes: [0, 0],
			tcpFlags: [0, 0],
			payload: [undefined, undefined],
		};
	}

	#isFromSource(flow: SampledFlow): boolean {
		return this.#packet.sourcePort === flow.sourcePort && this.#source.compare(flow.ends.subarray(0, 16)) === 0;
	}

	#exportOldest(): void {
		const [key, flow] = this.#flows.entries().next().value!;
		this.#flows.delete(key);
		this.#export(flow);
	}

	#export(flow: SampledFlow): void {
		const builder = this.#builder;
		const i = builder.length;
		builder.addresses.set(flow.ends, i * 32);
		builder.sourcePort[i] = flow.sourcePort;
		builder.destinationPort[i] = flow.destinationPort;
		builder.protocol[i] = flow.protocol;
		builder.timeFirst[i] = flow.timeFirst;
		builder.timeLast[i] = flow.timeLast;
		[builder.packets[i], builder.packetsReverse[i]] = flow.packets;
		[builder.bytes[i], builder.bytesReverse[i]] = flow.bytes;
		[builder.tcpFlags[i], builder.tcpFlagsReverse[i]] = flow.tcpFlags;
		if (flow.payload[0]) builder.payload.append(flow.payload[0]);
		if (flow.payload[1]) builder.payloadReverse.append(flow.payload[1]);
		builder.endFlow();
	}
}

/** An address of the decoder, words in network order, as the columns have it. */
function writeAddressWords(into: Buffer, version: number, words: readonly [number, number, number, number]): void {
	if (version === 4) {
		into.fill(0, 0, 8);
		into.writeInt32BE(words[0], 8);
		into.fill(0xff, 12, 16);
	} else for (let k = 0; k < 4; k++) into.writeInt32BE(words[k]!, 4 * k);
}
