import { type ClientHello, isGrease, type Span } from "./client-hello.ts";
import { ja3 } from "./ja3.ts";
import { type HelloTransport, ja4 } from "./ja4.ts";

/** ASCII bytes, the form in which flows carry them. */
export interface Fingerprints {
	readonly ja3: Uint8Array;
	readonly ja4: Uint8Array;
}

interface Entry extends Fingerprints {
	/** The key: the input of the fingerprints. */
	readonly shape: Uint8Array;
}

const ENTRIES = 4096;
/** Hellos with a longer key are fingerprinted each time. */
const LONGEST_SHAPE = 1024;

/**
 * Caches JA3 and JA4 by their input: a client sends the same in every connection, except names,
 * keys and random bytes, and two hashes cost more than metering the whole flow. Direct-mapped: the newer entry stays.
 */
export class FingerprintCache {
	readonly #entries = new Array<Entry | undefined>(ENTRIES).fill(undefined);
	readonly #shape = new Uint8Array(LONGEST_SHAPE);
	#length = 0;

	of(hello: ClientHello, transport: HelloTransport): Fingerprints {
		this.#writeShape(hello, transport);
		if (this.#length > LONGEST_SHAPE) return fingerprintsOf(hello, transport);
		const place = this.#place();
		const known = this.#entries[place];
		if (known !== undefined && this.#isShapeOf(known)) return known;
		const entry = { shape: this.#shape.slice(0, this.#length), ...fingerprintsOf(hello, transport) };
		this.#entries[place] = entry;
		return entry;
	}

	/** The input of both fingerprints, each list after its length; only the first of the protocols. */
	#writeShape(hello: ClientHello, transport: HelloTransport): void {
		const { bytes, protocols, pointFormats } = hello;
		this.#length = 0;
		this.#push(transport.charCodeAt(0));
		this.#push(hello.legacyVersion >> 8);
		this.#push(hello.legacyVersion);
		this.#push(hello.hasServerName ? 1 : 0);
		this.#pushValues(bytes, hello.ciphers);
		this.#pushTypes(bytes, hello.extensions);
		this.#pushValues(bytes, hello.groups);
		this.#pushValues(bytes, hello.signatureAlgorithms);
		this.#pushValues(bytes, hello.versions);
		this.#pushBytes(bytes, pointFormats.begin, pointFormats.end);
		// After the length of the first name comes the name, or the part of it that was sent.
		const firstEnd = protocols.begin + 1 + (bytes[protocols.begin] ?? 0);
		this.#pushBytes(bytes, protocols.begin, Math.min(firstEnd, protocols.end));
	}

	#pushValues(bytes: Uint8Array, { begin, end }: Span): void {
		const length = this.#length;
		this.#length += 2;
		for (let at = begin; at + 1 < end; at += 2) this.#pushValue((bytes[at]! << 8) | bytes[at + 1]!);
		this.#endList(length);
	}

	#pushTypes(bytes: Uint8Array, { begin, end }: Span): void {
		const length = this.#length;
		this.#length += 2;
		for (let at = begin; at + 3 < end; at += 4 + ((bytes[at + 2]! << 8) | bytes[at + 3]!)) {
			this.#pushValue((bytes[at]! << 8) | bytes[at + 1]!);
		}
		this.#endList(length);
	}

	#pushBytes(bytes: Uint8Array, begin: number, end: number): void {
		const length = this.#length;
		this.#length += 2;
		for (let at = begin; at < end; at++) this.#push(bytes[at]!);
		this.#endList(length);
	}

	#pushValue(value: number): void {
		if (isGrease(value)) return;
		this.#push(value >> 8);
		this.#push(value);
	}

	#endList(lengthAt: number): void {
		const written = this.#length - lengthAt - 2;
		this.#shape[lengthAt] = written >> 8;
		this.#shape[lengthAt + 1] = written;
	}

	/** A write beyond the end of a typed array has no effect; the length shows it. */
	#push(byte: number): void {
		this.#shape[this.#length++] = byte;
	}

	/** FNV-1a. A sender of collisions slows down only its own hellos. */
	#place(): number {
		let hash = 0x811c9dc5;
		for (let i = 0; i < this.#length; i++) hash = Math.imul(hash ^ this.#shape[i]!, 0x01000193);
		return (hash ^ (hash >>> 16)) & (ENTRIES - 1);
	}

	#isShapeOf({ shape }: Entry): boolean {
		if (shape.length !== this.#length) return false;
		for (let i = 0; i < shape.length; i++) if (shape[i] !== this.#shape[i]) return false;
		return true;
	}
}

function fingerprintsOf(hello: ClientHello, transport: HelloTransport): Fingerprints {
	return { ja3: encoder.encode(ja3(hello)), ja4: encoder.encode(ja4(hello, transport)) };
}

const encoder = new TextEncoder();
