import { DnsName } from "./dns-name.ts";

/** Most addresses taken from one response; a large round-robin has fewer. */
export const MOST_ADDRESSES = 32;
/** Most records examined in one response. */
const MOST_RECORDS = 128;

const HEADER = 12;
const RESPONSE = 0x8000;
const OPCODE = 0x7800;
const TYPE = { A: 1, AAAA: 28 } as const;
const CLASS_INTERNET = 1;
const RECORD_HEADER = 10;

/**
 * The content of a DNS response (RFC 1035, 4): the name of the question, and the addresses of the answer section,
 * behind any chain of aliases (RFC 1034, 3.6.2). One object, reused for each response.
 */
export class DnsResponse {
	readonly name = new DnsName();
	/** RCODE: 0 no error, 3 no such name. */
	code = 0;
	addresses = 0;
	/** Four words per address, in network order; an IPv4 address is in the first. */
	readonly words = new Int32Array(4 * MOST_ADDRESSES);
	/** 4 or 6. */
	readonly versions = new Uint8Array(MOST_ADDRESSES);
	/** Seconds. */
	readonly lifetimes = new Uint32Array(MOST_ADDRESSES);

	/**
	 * Reads the message `bytes[begin … end)`; false if it is malformed or not a response to one question about addresses.
	 */
	read(bytes: Uint8Array, begin: number, end: number): boolean {
		this.addresses = 0;
		if (end - begin < HEADER) return false;
		const flags = u16(bytes, begin + 2);
		if ((flags & RESPONSE) === 0 || (flags & OPCODE) !== 0 || u16(bytes, begin + 4) !== 1) return false;
		this.code = flags & 0x0f;
		let at = this.name.read(bytes, begin, begin + HEADER, end);
		if (at < 0 || at + 4 > end || this.name.length === 0) return false;
		const type = u16(bytes, at);
		if ((type !== TYPE.A && type !== TYPE.AAAA) || u16(bytes, at + 2) !== CLASS_INTERNET) return false;
		at += 4;
		const records = Math.min(MOST_RECORDS, u16(bytes, begin + 6));
		for (let i = 0; i < records && at >= 0; i++) at = this.#readRecord(bytes, at, end);
		return true;
	}

	/** Returns the index after the record, -1 if the record is truncated: the records before it count. */
	#readRecord(bytes: Uint8Array, begin: number, end: number): number {
		const at = skipName(bytes, begin, end);
		if (at < 0 || at + RECORD_HEADER > end) return -1;
		const length = u16(bytes, at + 8);
		const data = at + RECORD_HEADER;
		if (data + length > end) return -1;
		const type = u16(bytes, at);
		const isAddress = (type === TYPE.A && length === 4) || (type === TYPE.AAAA && length === 16);
		if (isAddress && u16(bytes, at + 2) === CLASS_INTERNET) this.#addAddress(bytes, data, length, i32(bytes, at + 4));
		return data + length;
	}

	#addAddress(bytes: Uint8Array, data: number, length: number, lifetime: number): void {
		const i = this.addresses;
		if (i === MOST_ADDRESSES) return;
		this.versions[i] = length === 4 ? 4 : 6;
		for (let k = 0; k < 4; k++) this.words[4 * i + k] = 4 * k < length ? i32(bytes, data + 4 * k) : 0;
		// Values with the highest bit are 0 (RFC 2181, 8).
		this.lifetimes[i] = Math.max(0, lifetime);
		this.addresses++;
	}
}

/** The index after a name whose text does not matter: pointers are not followed. -1 if it is malformed. */
function skipName(bytes: Uint8Array, begin: number, end: number): number {
	for (let at = begin; at < end; ) {
		const length = bytes[at]!;
		if (length === 0) return at + 1;
		if (length >= 0xc0) return at + 2;
		if (length > 63) return -1;
		at += 1 + length;
	}
	return -1;
}

function u16(bytes: Uint8Array, at: number): number {
	return (bytes[at]! << 8) | bytes[at + 1]!;
}

function i32(bytes: Uint8Array, at: number): number {
	return (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
}
