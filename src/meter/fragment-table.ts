import { type DecodedPacket, FRAGMENT } from "../capture/decoded-packet.ts";
import { FlowHash } from "./flow-hash.ts";

const BUCKET_BITS = 13;
const BUCKETS = 1 << BUCKET_BITS;
const WAYS = 4;
const KEY_WORDS = 10;
const ENTRY_WORDS = KEY_WORDS + 1;
/** A later fragment belongs to a first one that is at most this much older, in µs. */
const LIFETIME = 3_000_000;

/**
 * The ports of fragmented datagrams: stored by the first fragment, read by the later ones (RFC 791, 3.2: fragments
 * belong together by addresses, identification and protocol; the reference exporter takes the VLAN in place of the
 * protocol). Four datagrams per bucket; a new one replaces the oldest.
 */
export class FragmentTable {
	readonly #hash: FlowHash;
	readonly #entries = new Int32Array(BUCKETS * WAYS * ENTRY_WORDS);
	readonly #times = new Float64Array(BUCKETS * WAYS).fill(Number.NEGATIVE_INFINITY);
	/** The next way to write, per bucket. */
	readonly #oldest = new Uint8Array(BUCKETS);
	readonly #key = new Int32Array(KEY_WORDS);

	constructor(seed?: number) {
		this.#hash = new FlowHash(KEY_WORDS, seed);
	}

	/** Stores a first fragment's ports, or sets those of a later fragment. */
	resolve(packet: DecodedPacket, time: number): void {
		this.#writeKey(packet);
		const bucket = this.#hash.hash(this.#key, 0, KEY_WORDS) >>> (32 - BUCKET_BITS);
		const known = this.#find(bucket);
		if (packet.fragment === FRAGMENT.FIRST) {
			const way = known >= 0 ? known : bucket * WAYS + this.#replaceOldest(bucket);
			this.#entries.set(this.#key, way * ENTRY_WORDS);
			this.#entries[way * ENTRY_WORDS + KEY_WORDS] = (packet.sourcePort << 16) | packet.destinationPort;
			this.#times[way] = time;
		} else if (known >= 0 && time <= this.#times[known]! + LIFETIME) {
			const ports = this.#entries[known * ENTRY_WORDS + KEY_WORDS]!;
			packet.sourcePort = ports >>> 16;
			packet.destinationPort = ports & 0xffff;
		}
	}

	#writeKey(packet: DecodedPacket): void {
		const key = this.#key;
		key[0] = packet.version | (packet.vlan << 16);
		key[1] = packet.fragmentId;
		key[2] = packet.source0;
		key[3] = packet.source1;
		key[4] = packet.source2;
		key[5] = packet.source3;
		key[6] = packet.destination0;
		key[7] = packet.destination1;
		key[8] = packet.destination2;
		key[9] = packet.destination3;
	}

	#find(bucket: number): number {
		for (let way = bucket * WAYS; way < (bucket + 1) * WAYS; way++) {
			let i = 0;
			while (i < KEY_WORDS && this.#entries[way * ENTRY_WORDS + i] === this.#key[i]) i++;
			if (i === KEY_WORDS) return way;
		}
		return -1;
	}

	#replaceOldest(bucket: number): number {
		const way = this.#oldest[bucket]!;
		this.#oldest[bucket] = (way + 1) % WAYS;
		return way;
	}
}
