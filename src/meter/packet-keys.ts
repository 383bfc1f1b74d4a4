import type { DecodedPacket } from "../capture/decoded-packet.ts";
import { FlowHash } from "./flow-hash.ts";
import { KEY, KEY_WORDS, KEY_WORDS_IPV4, WORD, WORD_SHIFT } from "./flow-record.ts";
import { PACKETS_AT_ONCE } from "./packet-batch.ts";

const IPV4 = 4;

/** The flow keys of the packets of a batch, with their hashes, and the parts of flow records that concern keys. */
export class PacketKeys {
	readonly hashes = new Int32Array(PACKETS_AT_ONCE);
	/** Whether a packet's source is the second end of its key: 1, else 0. */
	readonly areSecond = new Uint8Array(PACKETS_AT_ONCE);
	readonly #keys = new Int32Array(PACKETS_AT_ONCE * KEY_WORDS);
	readonly #hash: FlowHash;
	/** The bits of the word with protocol, version and VLAN that are part of the key. */
	readonly #protocolMask: number;

	/** `hasVlan`: whether the VLAN is part of the key. */
	constructor(hasVlan: boolean, seed?: number) {
		this.#protocolMask = hasVlan ? -1 : 0xffff;
		this.#hash = new FlowHash(KEY_WORDS, seed);
	}

	/** Makes the keys of the first `count` packets current. */
	take(packets: readonly DecodedPacket[], count: number): void {
		for (let i = 0; i < count; i++) this.#setKey(i, packets[i]!);
		this.#hashKeys(packets, count);
	}

	/** Whether the record in `slot` of a table's `words` has the key at `position`, which is of IP `version`. */
	isKeyOf(position: number, version: number, words: Int32Array, slot: number): boolean {
		const keys = this.#keys;
		const base = (slot << WORD_SHIFT) + WORD.KEY;
		const key = position * KEY_WORDS;
		if (words[base] !== keys[key] || ((words[base + 1]! ^ keys[key + 1]!) & this.#protocolMask) !== 0) return false;
		if (words[base + 2] !== keys[key + 2] || words[base + 3] !== keys[key + 3]) return false;
		return version === IPV4 || this.#isRestOf(key, words, (slot << WORD_SHIFT) + KEY_REST);
	}

	#isRestOf(key: number, words: Int32Array, rest: number): boolean {
		for (let i = KEY_WORDS_IPV4; i < KEY_WORDS; i++) if (words[rest + i] !== this.#keys[key + i]) return false;
		return true;
	}

	/** Sets the key at `position`, its hash and the VLAN of its packet in the record in `slot`. */
	write(position: number, vlan: number, words: Int32Array, slot: number): void {
		const base = slot << WORD_SHIFT;
		const key = position * KEY_WORDS;
		for (let i = 0; i < KEY_WORDS_IPV4; i++) words[base + WORD.KEY + i] = this.#keys[key + i]!;
		for (let i = KEY_WORDS_IPV4; i < KEY_WORDS; i++) words[base + KEY_REST + i] = this.#keys[key + i]!;
		words[base + WORD.KEY + KEY.PROTOCOL]! |= vlan << 16;
		words[base + WORD.HASH] = this.hashes[position]!;
	}

	#setKey(position: number, packet: DecodedPacket): void {
		const keys = this.#keys;
		const base = position * KEY_WORDS;
		const swap = isDescending(packet);
		const { sourcePort, destinationPort } = packet;
		this.areSecond[position] = swap ? 1 : 0;
		keys[base + KEY.PORTS] = swap ? (destinationPort << 16) | sourcePort : (sourcePort << 16) | destinationPort;
		keys[base + KEY.PROTOCOL] = (packet.protocol | (packet.version << 8) | (packet.vlan << 16)) & this.#protocolMask;
		keys[base + KEY.FIRST] = swap ? packet.destination0 : packet.source0;
		keys[base + KEY.SECOND] = swap ? packet.source0 : packet.destination0;
		if (packet.version === IPV4) return;
		const source = base + (swap ? KEY.SECOND_REST : KEY.FIRST_REST);
		const destination = base + (swap ? KEY.FIRST_REST : KEY.SECOND_REST);
		keys[source] = packet.source1;
		keys[source + 1] = packet.source2;
		keys[source + 2] = packet.source3;
		keys[destination] = packet.destination1;
		keys[destination + 1] = packet.destination2;
		keys[destination + 2] = packet.destination3;
	}

	#hashKeys(packets: readonly DecodedPacket[], count: number): void {
		const keys = this.#keys;
		for (let i = 0; i < count; i++) {
			const isIPv4 = packets[i]!.version === IPV4;
			this.hashes[i] = isIPv4 ? this.#hash.hash4(keys, i * KEY_WORDS) : this.#hash.hash(keys, i * KEY_WORDS, KEY_WORDS);
		}
	}
}

/** The index of the words from {@link KEY_WORDS_IPV4} in a record, minus their number. */
const KEY_REST = WORD.KEY_REST - KEY_WORDS_IPV4;

/** Whether the source is the second end of the key: by address as unsigned words, then by port. */
function isDescending(packet: DecodedPacket): boolean {
	if (packet.source0 !== packet.destination0) return packet.source0 >>> 0 > packet.destination0 >>> 0;
	if (packet.source1 !== packet.destination1) return packet.source1 >>> 0 > packet.destination1 >>> 0;
	if (packet.source2 !== packet.destination2) return packet.source2 >>> 0 > packet.destination2 >>> 0;
	if (packet.source3 !== packet.destination3) return packet.source3 >>> 0 > packet.destination3 >>> 0;
	return packet.sourcePort > packet.destinationPort;
}
