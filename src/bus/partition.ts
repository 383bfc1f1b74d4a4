import { ADDRESS_LENGTH } from "../flow/address.ts";
import type { FlowColumns } from "../flow/flow-columns.ts";

/** Whether the 16 address bytes at `offset` are of a network that is ours (`networks.ours`). */
export type NetworkTest = (addresses: Uint8Array, offset: number) => boolean;

/**
 * Sorts the flows of batches into partitions: by our end where exactly one end is ours, else by the pair of ends, whichever is
 * the source. All evidence about a pair of hosts meets in one partition, and with known networks all about a host.
 */
export class Partitioner {
	readonly partitions: number;
	readonly #isOurs: NetworkTest | undefined;
	#partitionOf = new Uint16Array(0);
	#positions = new Uint32Array(0);
	readonly #begins: Uint32Array;
	readonly #next: Uint32Array;

	constructor(partitions: number, isOurs?: NetworkTest) {
		this.partitions = partitions;
		this.#isOurs = isOurs;
		this.#begins = new Uint32Array(partitions + 1);
		this.#next = new Uint32Array(partitions + 1);
	}

	/** Sorts the batch; the answers of {@link positionsOf} are then about it. */
	sort(flows: FlowColumns): void {
		const { length } = flows;
		if (length > this.#partitionOf.length) {
			this.#partitionOf = new Uint16Array(2 * length);
			this.#positions = new Uint32Array(2 * length);
		}
		const [begins, next] = [this.#begins.fill(0), this.#next];
		for (let i = 0; i < length; i++) {
			const partition = this.partitionOf(flows.addresses, 32 * i);
			this.#partitionOf[i] = partition;
			begins[partition + 1]!++;
		}
		for (let p = 0; p < this.partitions; p++) begins[p + 1]! += begins[p]!;
		next.set(begins);
		for (let i = 0; i < length; i++) this.#positions[next[this.#partitionOf[i]!]!++] = i;
	}

	/** Positions in the batch of the partition's flows, in their order; valid until the next {@link sort}. */
	positionsOf(partition: number): Uint32Array {
		return this.#positions.subarray(this.#begins[partition]!, this.#begins[partition + 1]!);
	}

	/** The partition of the flow whose addresses are at `at`. */
	partitionOf(addresses: Uint8Array, at: number): number {
		const isOurs = this.#isOurs;
		let hash: number;
		const sourceIsOurs = isOurs?.(addresses, at) === true;
		const destinationIsOurs = isOurs?.(addresses, at + ADDRESS_LENGTH) === true;
		if (sourceIsOurs && !destinationIsOurs) hash = hashOf(addresses, at);
		else if (destinationIsOurs && !sourceIsOurs) hash = hashOf(addresses, at + ADDRESS_LENGTH);
		// A sum is the same whichever end comes first.
		else hash = (hashOf(addresses, at) + hashOf(addresses, at + ADDRESS_LENGTH)) | 0;
		// A multiplication takes the upper bits, which are mixed best.
		return Math.floor(((mixed(hash) >>> 0) / 2 ** 32) * this.partitions);
	}
}

/** FNV-1a over 16 bytes (RFC 9923), then mixed: all sensors must agree, so the hash has no seed. */
function hashOf(bytes: Uint8Array, at: number): number {
	let hash = 0x811c9dc5 | 0;
	for (let k = 0; k < ADDRESS_LENGTH; k++) hash = Math.imul(hash ^ bytes[at + k]!, 0x01000193);
	return mixed(hash);
}

/** The finaliser of MurmurHash3 (Austin Appleby, public domain). */
function mixed(hash: number): number {
	hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
	hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
	return hash ^ (hash >>> 16);
}
