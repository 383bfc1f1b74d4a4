import { IPFIX_VERSION, MESSAGE_HEADER } from "./session.ts";

const MAX_MESSAGE = 65_535;

/** The version in the first two bytes of an export protocol's message. */
export const NETFLOW_REASON =
	"is read at netflow+udp://HOST:PORT and from nfcapd files; it carries neither payload nor packet lists (ipfixprobe: -p tls,pstats,idpcontent)";

/** Why these bytes are not an IPFIX message, or undefined if they begin one. */
export function whyNoMessage(bytes: Uint8Array, at: number): string | undefined {
	const version = (bytes[at]! << 8) | bytes[at + 1]!;
	const length = (bytes[at + 2]! << 8) | bytes[at + 3]!;
	if (version === IPFIX_VERSION) return length >= MESSAGE_HEADER ? undefined : `a message of ${length} bytes`;
	if (version === 5 || version === 9) return `NetFlow v${version} ${NETFLOW_REASON}`;
	return `version ${version} is not IPFIX's`;
}

/**
 * Whether an input begins with an IPFIX message, or with one of NetFlow v5 or v9, which this module refuses with a
 * reason: a header whose length and first set fit together. 24 bytes suffice.
 */
export function isIpfix(head: Uint8Array): boolean {
	if (head.length < 20) return false;
	const u16 = (at: number) => (head[at]! << 8) | head[at + 1]!;
	if (u16(0) === IPFIX_VERSION) {
		const set = u16(16);
		return (
			u16(2) >= MESSAGE_HEADER + 4 && (set === 2 || set === 3 || set >= 256) && u16(18) >= 4 && u16(18) <= u16(2) - 16
		);
	}
	if (u16(0) === 9) return head.length >= 24 && u16(2) > 0 && (u16(20) <= 1 || u16(20) >= 256) && u16(22) >= 4;
	return u16(0) === 5 && head.length >= 24 && u16(2) >= 1 && u16(2) <= 30;
}

/** Splits a stream of bytes in any portions into messages: each begins with its own length (RFC 7011, 10.4.2). */
export class MessageStream {
	#held = new Uint8Array(MAX_MESSAGE + 1);
	#length = 0;

	/** Bytes of an incomplete message. */
	get pending(): number {
		return this.#length;
	}

	/**
	 * Passes each whole message to `take` as a span of bytes, valid during the call. Returns why the stream cannot be
	 * read any further, or undefined.
	 */
	receive(chunk: Uint8Array, take: (bytes: Uint8Array, begin: number, end: number) => void): string | undefined {
		let at = 0;
		while (this.#length > 0 && at < chunk.length) {
			const wanted = this.#length < 4 ? 4 : (this.#held[2]! << 8) | this.#held[3]!;
			const part = chunk.subarray(at, at + Math.max(0, wanted - this.#length));
			this.#held.set(part, this.#length);
			this.#length += part.length;
			at += part.length;
			if (this.#length < wanted) return undefined;
			if (wanted === 4) {
				const problem = whyNoMessage(this.#held, 0);
				if (problem) return problem;
				if (((this.#held[2]! << 8) | this.#held[3]!) > 4) continue;
			}
			take(this.#held, 0, this.#length);
			this.#length = 0;
		}
		while (chunk.length - at >= 4) {
			const problem = whyNoMessage(chunk, at);
			if (problem) return problem;
			const end = at + ((chunk[at + 2]! << 8) | chunk[at + 3]!);
			if (end > chunk.length) break;
			take(chunk, at, end);
			at = end;
		}
		this.#held.set(chunk.subarray(at), this.#length);
		this.#length += chunk.length - at;
		return undefined;
	}
}
