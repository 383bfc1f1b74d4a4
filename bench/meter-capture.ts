import { closeSync, existsSync, mkdirSync, openSync, readdirSync, renameSync, writeSync } from "node:fs";
import { Random } from "../lab/random.ts";
import { sharedPath } from "../lab/shared-data.ts";
import { openByteSource } from "../src/bytes/byte-source.ts";
import { LINK_TYPE } from "../src/capture/link-type.ts";
import { PacketReader } from "../src/capture/packet-reader.ts";
import { pcapHeader } from "../src/capture/pcap-writer.ts";

/** Packets of the benchmark's capture. */
export const BENCH_PACKETS = 4_000_000;
/** Range in seconds of the start times of repetitions, and the longest duration of one. */
const SPREAD = 600;
const LONGEST = 600;
const EPOCH = 1_700_000_000;

/** Concatenated frames, with the time of each in µs since the beginning of its capture. */
interface Frames {
	readonly bytes: Uint8Array;
	readonly begins: number[];
	readonly ends: number[];
	readonly times: number[];
}

/**
 * The capture for the meter's benchmark, written once to `bench/.data/`: repeated overlays of the Ethernet captures of
 * the reference data, each repetition with other addresses and another start time, sorted by time. If the reference
 * data are absent, conversations from a seeded generator replace them.
 */
export async function benchCapture(): Promise<string> {
	const folder = `${import.meta.dirname}/.data`;
	const captures = sharedPath("data/captures");
	const path = `${folder}/${captures ? "meter-real" : "meter-made"}.pcap`;
	if (existsSync(path)) return path;
	mkdirSync(folder, { recursive: true });
	const frames = captures ? await framesOf(captures) : madeFrames();
	writeRepetitions(frames, `${path}.new`);
	renameSync(`${path}.new`, path);
	return path;
}

async function framesOf(captures: string): Promise<Frames> {
	const frames = new FrameCollector();
	for (const folder of readdirSync(captures).sort()) {
		if (folder.endsWith(".csv")) continue;
		for (const name of readdirSync(`${captures}/${folder}`).sort()) {
			const reader = new PacketReader(openByteSource(`${captures}/${folder}/${name}`));
			const { packet } = reader;
			let first = Number.NaN;
			try {
				while (await reader.fill()) {
					while (reader.next()) {
						if (packet.linkType !== LINK_TYPE.ETHERNET) continue;
						if (Number.isNaN(first)) first = packet.time;
						const time = packet.time - first;
						if (time >= 0 && time < LONGEST * 1e6) {
							frames.add(packet.bytes.subarray(packet.begin, packet.end), time);
						}
					}
				}
			} catch {
				// Files that are not captures are skipped.
			}
		}
	}
	return frames.done();
}

/** Connections of heavy-tailed length with typical request and answer sizes. */
function madeFrames(): Frames {
	const random = new Random(1);
	const frames = new FrameCollector();
	for (let flow = 0; flow < 12_000; flow++) {
		const isTcp = random.chance(0.7);
		const packets = Math.min(2000, 1 + Math.floor(random.logNormal(isTcp ? 8 : 2, 1.2)));
		let time = random.uniform(0, SPREAD * 1e6);
		for (let i = 0; i < packets; i++) {
			const isReverse = i % 2 === 1;
			const payload = random.chance(0.3) ? 0 : Math.min(1400, Math.floor(random.logNormal(180, 1.3)));
			frames.add(madeFrame(flow, isTcp, isReverse, payload, random), Math.floor(time));
			time += random.exponential(50_000);
		}
	}
	return frames.done();
}

function madeFrame(flow: number, isTcp: boolean, isReverse: boolean, payload: number, random: Random): Uint8Array {
	const transport = isTcp ? 20 : 8;
	const frame = new Uint8Array(34 + transport + payload);
	const view = new DataView(frame.buffer);
	view.setUint16(12, 0x0800);
	frame[14] = 0x45;
	view.setUint16(16, 20 + transport + payload);
	frame[23] = isTcp ? 6 : 17;
	const client = 0x0a000000 + flow;
	const server = 0xc0a80000 + (flow % 500);
	view.setUint32(26, isReverse ? server : client);
	view.setUint32(30, isReverse ? client : server);
	view.setUint16(isReverse ? 36 : 34, 1024 + (flow % 60_000));
	view.setUint16(isReverse ? 34 : 36, isTcp ? 443 : 53);
	if (isTcp) {
		frame[46] = 0x50;
		frame[47] = 0x18;
	}
	for (let i = 34 + transport; i < frame.length; i++) frame[i] = random.integer(0, 255);
	return frame;
}

/**
 * Writes {@link BENCH_PACKETS} packets: every repetition has its own addresses and start time; all are merged by time.
 */
function writeRepetitions(frames: Frames, path: string): void {
	const perRepetition = frames.begins.length;
	const order = new Float64Array(BENCH_PACKETS);
	const random = new Random(2);
	let beginning = 0;
	for (let i = 0; i < BENCH_PACKETS; i++) {
		if (i % perRepetition === 0) beginning = random.uniform(0, SPREAD * 1e6);
		// Time in 1/16 s and the packet's number in one double, so that sorting needs no comparison function.
		order[i] = Math.floor(((beginning + frames.times[i % perRepetition]!) * 16) / 1e6) * 2 ** 23 + i;
	}
	order.sort();
	const file = openSync(path, "w");
	const block = new Uint8Array(1 << 22);
	const view = new DataView(block.buffer);
	block.set(pcapHeader(LINK_TYPE.ETHERNET));
	let at = 24;
	for (let i = 0; i < BENCH_PACKETS; i++) {
		const number = order[i]! % 2 ** 23;
		const frame = number % perRepetition;
		const bytes = frames.bytes.subarray(frames.begins[frame]!, frames.ends[frame]!);
		if (at + 16 + bytes.length > block.length) {
			writeSync(file, block, 0, at);
			at = 0;
		}
		const sixteenths = Math.floor(order[i]! / 2 ** 23);
		view.setUint32(at, EPOCH + (sixteenths >> 4), true);
		view.setUint32(at + 4, (sixteenths & 15) * 62_500, true);
		view.setUint32(at + 8, bytes.length, true);
		view.setUint32(at + 12, bytes.length, true);
		block.set(bytes, at + 16);
		otherAddresses(block, at + 16, bytes.length, Math.floor(number / perRepetition) + 1);
		at += 16 + bytes.length;
	}
	writeSync(file, block, 0, at);
	closeSync(file);
}

/** Moves both ends in the same way, so that the two directions still match. */
function otherAddresses(bytes: Uint8Array, frame: number, length: number, repetition: number): void {
	let at = frame + 12;
	while (bytes[at] === 0x81 && bytes[at + 1] === 0 && at + 6 < frame + length) at += 4;
	const isIPv4 = bytes[at] === 0x08 && bytes[at + 1] === 0 && at + 22 <= frame + length;
	const isIPv6 = bytes[at] === 0x86 && bytes[at + 1] === 0xdd && at + 42 <= frame + length;
	if (!isIPv4 && !isIPv6) return;
	for (const address of isIPv4 ? [14, 18] : [10, 26]) {
		bytes[at + address + 1]! ^= repetition;
		bytes[at + address + 2]! ^= repetition >> 8;
	}
}

class FrameCollector {
	readonly #begins: number[] = [];
	readonly #ends: number[] = [];
	readonly #times: number[] = [];
	#bytes = new Uint8Array(1 << 24);
	#used = 0;

	add(frame: Uint8Array, time: number): void {
		while (this.#used + frame.length > this.#bytes.length) {
			const larger = new Uint8Array(2 * this.#bytes.length);
			larger.set(this.#bytes);
			this.#bytes = larger;
		}
		this.#bytes.set(frame, this.#used);
		this.#begins.push(this.#used);
		this.#used += frame.length;
		this.#ends.push(this.#used);
		this.#times.push(time);
	}

	done(): Frames {
		return { bytes: this.#bytes, begins: this.#begins, ends: this.#ends, times: this.#times };
	}
}
