import type { DecodedPacket } from "../capture/decoded-packet.ts";
import type { FlowColumns } from "../flow/flow-columns.ts";
import { FLOW_KEY_LENGTH, writeFlowKey } from "../flow/flow-key.ts";

/** The conversations of the reported flows and their times; packets are matched against them. */
export class FoundConversations {
	/** First and last microsecond of each flow, by conversation. */
	readonly #flows = new Map<string, [first: number, last: number][]>();
	/** Symmetric hashes of the keys: they reject most other packets before a key is built. */
	readonly #sums = new Set<number>();
	readonly #key = Buffer.alloc(FLOW_KEY_LENGTH);

	get size(): number {
		return this.#flows.size;
	}

	add(flows: FlowColumns, i: number): void {
		writeFlowKey(flows, i, this.#key, false);
		const key = this.#key.toString("latin1");
		const span: [number, number] = [flows.timeFirst[i]!, flows.timeLast[i]!];
		const spans = this.#flows.get(key);
		if (spans) spans.push(span);
		else this.#flows.set(key, [span]);
		this.#sums.add(sumOfKey(this.#key));
	}

	/** Whether the packet belongs to a reported flow. Later fragments have no ports and belong to no flow. */
	has(packet: DecodedPacket, time: number): boolean {
		if (!this.#sums.has(sumOfPacket(packet))) return false;
		writePacketKey(packet, this.#key);
		const spans = this.#flows.get(this.#key.toString("latin1"));
		return spans?.some(([first, last]) => time >= first && time <= last) ?? false;
	}
}

function sumOfPacket(packet: DecodedPacket): number {
	const addresses = packet.source0 ^ packet.source3 ^ packet.destination0 ^ packet.destination3;
	return addresses ^ ((packet.sourcePort ^ packet.destinationPort) << 8) ^ packet.protocol;
}

function sumOfKey(key: Buffer): number {
	const first = wordsAt(key, 0);
	const second = wordsAt(key, 16);
	const ports = (key.readUInt16BE(32) ^ key.readUInt16BE(34)) << 8;
	return first ^ second ^ ports ^ key[36]!;
}

/**
 * The first and the last word of an address in the decoder's form: IPv4 has its address in the first, and the last is
 * 0.
 */
function wordsAt(key: Buffer, at: number): number {
	const isIPv4 = key.readUInt32BE(at) === 0 && key.readUInt32BE(at + 4) === 0 && key.readInt32BE(at + 12) === -1;
	return isIPv4 ? key.readInt32BE(at + 8) : key.readInt32BE(at) ^ key.readInt32BE(at + 12);
}

/** The packet's key in the form of `writeFlowKey` for both directions: the ends in ascending order. */
function writePacketKey(packet: DecodedPacket, key: Buffer): void {
	writeAddressWords(key, 0, packet.version, packet.source0, packet.source1, packet.source2, packet.source3);
	writeAddressWords(
		key,
		16,
		packet.version,
		packet.destination0,
		packet.destination1,
		packet.destination2,
		packet.destination3,
	);
	key.writeUInt16BE(packet.sourcePort, 32);
	key.writeUInt16BE(packet.destinationPort, 34);
	key[36] = packet.protocol;
	const order = key.compare(key, 16, 32, 0, 16) || packet.sourcePort - packet.destinationPort;
	if (order <= 0) return;
	const source = Buffer.from(key.subarray(0, 16));
	key.copyWithin(0, 16, 32);
	source.copy(key, 16);
	key.writeUInt16BE(packet.destinationPort, 32);
	key.writeUInt16BE(packet.sourcePort, 34);
}

function writeAddressWords(key: Buffer, at: number, version: number, a: number, b: number, c: number, d: number): void {
	const isIPv4 = version === 4;
	key.writeInt32BE(isIPv4 ? 0 : a, at);
	key.writeInt32BE(isIPv4 ? 0 : b, at + 4);
	key.writeInt32BE(isIPv4 ? a : c, at + 8);
	key.writeInt32BE(isIPv4 ? -1 : d, at + 12);
}
