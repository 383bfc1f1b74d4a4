/**
 * The framing of containers in a stream. `sequenced` (sockets since libtrap 1.16.3): payload length (u32 big-endian), sequence
 * number of the first message (u64 little-endian), number of messages (u16 little-endian). `plain` (files, and sockets
 * before that): the length alone.
 */
export type Framing = "sequenced" | "plain";

export const HEADER_LENGTHS: Readonly<Record<Framing, number>> = { sequenced: 14, plain: 4 };

/** The reference's receiver has a buffer of this many bytes for a container and does not check: never send more. */
export const CONTAINER_LENGTH_MAX = 100_000;
/** Largest payload that is accepted. */
export const PAYLOAD_LENGTH_ACCEPTED = 1 << 20;

/**
 * Infers the framing of a socket from its first container; the hello does not contain it. `bytes[begin … end)` are the bytes
 * received so far; undefined while they are too few. The result is `plain` only if messages of record size fill the first
 * container exactly with plain framing and not with sequenced framing. A container too small to exclude the latter counts
 * as `plain` if the stream has ended (`isWhole`).
 */
export function tellFraming(
	bytes: Uint8Array,
	begin: number,
	end: number,
	fixedLength: number,
	isWhole = false,
): Framing | "malformed" | undefined {
	if (end - begin < HEADER_LENGTHS.plain) return undefined;
	const length = payloadLength(bytes, begin);
	if (length > PAYLOAD_LENGTH_ACCEPTED) return "malformed";
	if (end - begin < HEADER_LENGTHS.plain + length) return undefined;
	const plain = begin + HEADER_LENGTHS.plain;
	if (!holdsRecords(bytes, plain, plain + length, end, fixedLength)) return "sequenced";
	const sequenced = begin + HEADER_LENGTHS.sequenced;
	if (end < sequenced + 2) return isWhole ? "plain" : undefined;
	const count = bytes[sequenced - 2]! | (bytes[sequenced - 1]! << 8);
	return holdsRecords(bytes, sequenced, sequenced + length, end, fixedLength, count) ? "sequenced" : "plain";
}

/** The length that a container's header announces. */
export function payloadLength(bytes: Uint8Array, at: number): number {
	return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}

/**
 * Whether the payload `[begin … end)`, received up to `known`, can consist of records (followed by an end of stream), as many
 * as the header says, if it says so.
 */
function holdsRecords(
	bytes: Uint8Array,
	begin: number,
	end: number,
	known: number,
	fixedLength: number,
	count?: number,
): boolean {
	let at = begin;
	let messages = 0;
	while (at < end && at + 2 <= known) {
		const size = (bytes[at]! << 8) | bytes[at + 1]!;
		at += 2 + size;
		messages++;
		if (at > end || (size < fixedLength && !(size <= 1 && at === end))) return false;
	}
	if (count === undefined) return at === end;
	return at === end ? messages === count : messages < count;
}
