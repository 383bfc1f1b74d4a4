import assert from "node:assert/strict";
import { CapturedPacket } from "../capture/captured-packet.ts";
import { DecodedPacket } from "../capture/decoded-packet.ts";
import { OUTCOME_REASONS } from "../capture/outcome.ts";
import { PacketDecoder } from "../capture/packet-decoder.ts";
import { FLOW_PART } from "../flow/flow-columns.ts";
import { Meter } from "./meter.ts";

interface Frame {
	readonly linkType: number;
	readonly bytes: Uint8Array;
}

/** A small table that is always full, so that eviction is fuzzed, too. */
const FLOWS = 2000;
const ROOM = 1 << 16;
const MARGIN = 64;
/**
 * Fills the memory around the captured bytes: frames are shorter than their lengths claim, so a read beyond shows in a
 * payload.
 */
const BESIDE = 0xa5;

/**
 * Feeds mutated frames with hostile times to decoder and meter and checks the invariants of any input: nothing throws,
 * payloads lie within the captured bytes, every decoded packet is counted in exactly one flow, and the table keeps its
 * size.
 */
export function fuzzMeter(frames: readonly Frame[], { seed, packets }: { seed: number; packets: number }) {
	const random = new Xorshift(seed);
	const decoders = [new PacketDecoder(), new PacketDecoder({ decapsulate: true })];
	const decoder = decoders[seed % 2]!;
	const meter = new Meter({
		maximumFlows: FLOWS,
		payloadBytes: 512,
		handshakes: true,
		vlan: true,
		seed,
		live: seed % 3 === 0,
		pushTimes: true,
		resolvedNames: true,
		early: (bytes, begin, end) => end > begin && bytes[end - 1]! % 4 === 0,
	});
	const captured = new CapturedPacket();
	captured.bytes = new Uint8Array(ROOM).fill(BESIDE);
	const decoded = new DecodedPacket();
	let time = 1_700_000_000_000_000;
	let counted = 0;
	let metered = 0;
	let flows = 0;
	const collect = () => {
		const { packets, packetsReverse, part, length } = meter.flows;
		for (let i = 0; i < length; i++) {
			if (part![i] === FLOW_PART.EARLY) continue;
			metered += packets[i]! + packetsReverse[i]!;
			flows++;
		}
		meter.flows.clear();
	};
	for (let i = 0; i < packets; i++) {
		const frame = frames[random.below(frames.length)]!;
		mutate(frame, captured, random);
		time = nextTime(time, random);
		captured.time = time;
		const outcome = decoder.decode(captured, decoded);
		assert.ok(OUTCOME_REASONS[-outcome] !== undefined);
		if (outcome !== 0) continue;
		if (decoded.payloadEnd > decoded.payloadBegin) {
			assert.ok(decoded.payloadBegin >= captured.begin && decoded.payloadEnd <= captured.end, "payload outside");
		}
		meter.add(decoded, captured.bytes, time);
		counted++;
		assert.ok(meter.size <= FLOWS);
		if (meter.flows.length >= 1000) collect();
	}
	while (meter.drain(1000)) collect();
	collect();
	assert.equal(metered, counted);
	assert.equal(meter.size, 0);
	return { packets, flows };
}

/** Copies a frame between foreign bytes, truncated and changed at some places, mostly in its headers. */
function mutate(frame: Frame, captured: CapturedPacket, random: Xorshift): void {
	captured.bytes.fill(BESIDE, MARGIN, captured.end);
	const whole = Math.min(frame.bytes.length, ROOM - 2 * MARGIN);
	const length = random.below(8) === 0 ? random.below(whole + 1) : whole;
	captured.bytes.set(length === frame.bytes.length ? frame.bytes : frame.bytes.subarray(0, length), MARGIN);
	captured.begin = MARGIN;
	captured.end = MARGIN + length;
	captured.linkType = random.below(64) === 0 ? random.below(300) : frame.linkType;
	const changes = length === 0 ? 0 : random.below(5);
	for (let i = 0; i < changes; i++) {
		const reach = random.below(3) > 0 ? Math.min(length, 80) : length;
		captured.bytes[MARGIN + random.below(reach)] = random.below(4) === 0 ? 0xff : random.below(256);
	}
}

/** Mostly small steps forward; now and then years, or backwards. */
function nextTime(time: number, random: Xorshift): number {
	const kind = random.below(1000);
	if (kind === 0) return random.below(2 ** 31) * 1e6 + random.below(1e6);
	if (kind === 1) return random.below(2 ** 31) * 2 ** 31;
	return kind < 10 ? time - random.below(400e6) : time + random.below(2000);
}

class Xorshift {
	#state: number;

	constructor(seed: number) {
		this.#state = Math.imul(seed + 1, 0x9e3779b1) | 1;
	}

	below(bound: number): number {
		let x = this.#state;
		x ^= x << 13;
		x ^= x >>> 17;
		x ^= x << 5;
		this.#state = x;
		return Math.floor(((x >>> 0) / 2 ** 32) * bound);
	}
}
