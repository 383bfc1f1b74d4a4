import { ByteCursor } from "../bytes/cursor.ts";
import { variableInteger } from "./quic-initial.ts";
import type { StreamBuffer } from "./stream-buffer.ts";

/**
 * Puts the CRYPTO frames of an Initial packet (RFC 9000, 12.4 and 19) into `stream`. False if they are malformed or
 * out of bounds, or if the client closes the connection; frames not allowed in an Initial packet count as malformed.
 */
export function collectCrypto(frames: Uint8Array, stream: StreamBuffer): boolean {
	cursor.reset(frames, 0, frames.length);
	while (cursor.remaining > 0) {
		const type = cursor.u8();
		switch (type) {
			case PADDING:
			case PING:
				break;
			case ACK:
			case ACK_WITH_COUNTS:
				skipAck(cursor, type === ACK_WITH_COUNTS);
				break;
			case CRYPTO: {
				const offset = variableInteger(cursor);
				const length = variableInteger(cursor);
				const at = cursor.take(length);
				if (at < 0 || !stream.write(offset, frames, at, at + length)) return false;
				break;
			}
			default:
				return false;
		}
	}
	return !cursor.failed;
}

function skipAck(cursor: ByteCursor, withCounts: boolean): void {
	variableInteger(cursor);
	variableInteger(cursor);
	const ranges = variableInteger(cursor);
	variableInteger(cursor);
	for (let i = 0; i < ranges && !cursor.failed; i++) {
		variableInteger(cursor);
		variableInteger(cursor);
	}
	if (withCounts) for (let i = 0; i < 3; i++) variableInteger(cursor);
}

const cursor = new ByteCursor();
const PADDING = 0;
const PING = 1;
const ACK = 2;
const ACK_WITH_COUNTS = 3;
const CRYPTO = 6;
