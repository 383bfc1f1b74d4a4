import { ByteCursor } from "../bytes/cursor.ts";
import type { Recognition } from "./recognition.ts";
import { softwareOf } from "./software.ts";

/**
 * Stratum V2's SetupConnection in plaintext (stratumprotocol.org, sections 3.2 and 3.5.1; proxies of one operator
 * may omit Noise): frame header (extension 0, message 0x00, length u24), protocol u8, versions u16, flags u32,
 * host STR0_255, port u16, then vendor, hardware version, firmware and device, STR0_255 each. All little-endian.
 */
export function recogniseStratumV2(bytes: Uint8Array, begin: number, end: number): Recognition | undefined {
	if (!mayBeStratumV2(bytes, begin, end)) return undefined;
	const cursor = new ByteCursor(bytes, begin + HEADER_LENGTH, end);
	const length = bytes[begin + 3]! | (bytes[begin + 4]! << 8) | (bytes[begin + 5]! << 16);
	cursor.skip(9);
	const host = string(cursor);
	const port = cursor.u16le();
	if (cursor.failed || host === undefined || host === "" || port === 0) return undefined;
	let vendor: string | undefined;
	for (let i = 0; i < 4; i++) {
		const text = string(cursor);
		if (cursor.failed) break;
		if (text === undefined) return undefined;
		vendor ??= text;
	}
	if (!cursor.failed && cursor.offset !== begin + HEADER_LENGTH + length) return undefined;
	if (cursor.failed && begin + HEADER_LENGTH + length <= end) return undefined;
	return {
		protocol: "stratum-v2",
		message: "SetupConnection",
		sender: "miner",
		software: softwareOf(vendor),
		excerpt: `SetupConnection protocol ${bytes[begin + HEADER_LENGTH]} version 2 port ${port}`,
	};
}

/** The fixed part: nine bytes, of which only two flag bytes vary. */
export function mayBeStratumV2(bytes: Uint8Array, begin: number, end: number): boolean {
	return (
		end - begin >= HEADER_LENGTH + 14 &&
		bytes[begin] === 0 &&
		bytes[begin + 1] === 0 &&
		bytes[begin + 2] === 0 &&
		bytes[begin + 5] === 0 &&
		bytes[begin + 6]! <= LAST_PROTOCOL &&
		bytes[begin + 7] === 2 &&
		bytes[begin + 8] === 0 &&
		bytes[begin + 9]! >= 2 &&
		bytes[begin + 10] === 0
	);
}

const HEADER_LENGTH = 6;
/** Mining, job declaration, template distribution. */
const LAST_PROTOCOL = 2;

/** A STR0_255 of printable ASCII; undefined if it contains any other byte. */
function string(cursor: ByteCursor): string | undefined {
	const length = cursor.u8();
	const text = Buffer.from(cursor.view(length)).toString("latin1");
	return /^[\x20-\x7e]*$/.test(text) ? text : undefined;
}
