/** A part of some bytes; empty if the field is absent. */
export interface Span {
	begin: number;
	end: number;
}

/**
 * The fields of a ClientHello (RFC 8446, 4.1.2) as spans of its bytes. Each parser has one object and reuses it for
 * each hello; the spans are valid as long as {@link bytes}.
 */
export class ClientHello {
	/** The bytes that the spans index: the parsed bytes, or a buffer of this object or of a reassembly. */
	bytes: Uint8Array = EMPTY;
	/** `legacy_version`, 0x0303 in TLS 1.2 and 1.3. */
	legacyVersion = 0;
	/** Cipher suites, 2 bytes each. */
	readonly ciphers: Span = { begin: 0, end: 0 };
	/** All extensions: type and length, 2 bytes each, and data. */
	readonly extensions: Span = { begin: 0, end: 0 };
	/** The first host name of extension 0 (RFC 6066, 3), as sent; its syntax is not checked. */
	readonly serverName: Span = { begin: 0, end: 0 };
	/** Whether extension 0 exists, empty or not. */
	hasServerName = false;
	/** The names of extension 16 (RFC 7301), each after its length of one byte. */
	readonly protocols: Span = { begin: 0, end: 0 };
	/** Extension 10, 2 bytes each. */
	readonly groups: Span = { begin: 0, end: 0 };
	/** Extension 11, 1 byte each. */
	readonly pointFormats: Span = { begin: 0, end: 0 };
	/** Extension 13, 2 bytes each. */
	readonly signatureAlgorithms: Span = { begin: 0, end: 0 };
	/** Extension 43, 2 bytes each. */
	readonly versions: Span = { begin: 0, end: 0 };
	/** The buffer of a hello in several records; allocated when first needed. */
	#joined: Uint8Array | undefined;

	clear(): void {
		this.bytes = EMPTY;
		this.legacyVersion = 0;
		this.hasServerName = false;
		empty(this.ciphers);
		empty(this.extensions);
		empty(this.serverName);
		empty(this.protocols);
		empty(this.groups);
		empty(this.pointFormats);
		empty(this.signatureAlgorithms);
		empty(this.versions);
	}

	/** The buffer in which the records of one hello are joined. */
	joiningBuffer(): Uint8Array {
		this.#joined ??= new Uint8Array(MAXIMUM_HELLO);
		return this.#joined;
	}
}

/** Bytes of the longest hello that is read, including its handshake header. The longest in practice have some 4,000. */
export const MAXIMUM_HELLO = 16_384;

/** The server name as text, or undefined if the hello has none. */
export function serverNameOf(hello: ClientHello): string | undefined {
	const { begin, end } = hello.serverName;
	return begin === end ? undefined : decoder.decode(hello.bytes.subarray(begin, end));
}

/** The names of the offered protocols (ALPN), up to the first malformed one. */
export function protocolsOf(hello: ClientHello): string[] {
	const { bytes, protocols } = hello;
	const names: string[] = [];
	for (let at = protocols.begin; at < protocols.end; ) {
		const end = at + 1 + bytes[at]!;
		if (end > protocols.end) break;
		names.push(decoder.decode(bytes.subarray(at + 1, end)));
		at = end;
	}
	return names;
}

/**
 * Writes the same names to `into` from `at`, as sent, separated by commas, at most `most` bytes. Returns their number.
 */
export function writeProtocols(hello: ClientHello, into: Uint8Array, at: number, most: number): number {
	const { bytes, protocols } = hello;
	const limit = at + most;
	let to = at;
	for (let from = protocols.begin; from < protocols.end && to < limit; ) {
		const end = from + 1 + bytes[from]!;
		if (end > protocols.end) break;
		if (to > at) into[to++] = COMMA;
		for (let i = from + 1; i < end && to < limit; i++) into[to++] = bytes[i]!;
		from = end;
	}
	return to - at;
}

/** Meaningless values that clients add so that servers stay tolerant (RFC 8701): 0x0a0a, 0x1a1a … 0xfafa. */
export function isGrease(value: number): boolean {
	return (value & 0x0f0f) === 0x0a0a && value >> 8 === (value & 0xff);
}

function empty(span: Span): void {
	span.begin = 0;
	span.end = 0;
}

const COMMA = 0x2c;
const EMPTY = new Uint8Array(0);
const decoder = new TextDecoder();
