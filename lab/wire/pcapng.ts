import type { TimedFrame } from "./path.ts";

/** A capture in pcapng with one Ethernet interface and nanoseconds, little-endian (draft-ietf-opsawg-pcapng). */
export function pcapngFile(frames: readonly TimedFrame[]): Uint8Array {
	const section = block(0x0a0d0d0a, [u32(0x1a2b3c4d), u16(1), u16(0), u32(0xffffffff), u32(0xffffffff)]);
	const nanoseconds = [...option(9, Buffer.from([9])), ...option(0, Buffer.alloc(0))];
	const description = block(1, [u16(1), u16(0), u32(262_144), ...nanoseconds]);
	const packets = frames.map(({ time, bytes }) => {
		const microseconds = Math.floor(time);
		const stamp = BigInt(microseconds) * 1000n + BigInt(Math.floor((time - microseconds) * 1000));
		const length = u32(bytes.length);
		return block(6, [u32(0), u32(Number(stamp >> 32n)), u32(Number(stamp & 0xffff_ffffn)), length, length, bytes]);
	});
	return Buffer.concat([section, description, ...packets]);
}

function block(type: number, parts: readonly Uint8Array[]): Buffer {
	const body = padded(Buffer.concat(parts));
	const length = u32(12 + body.length);
	return Buffer.concat([u32(type), length, body, length]);
}

function option(code: number, value: Buffer): Buffer[] {
	return [u16(code), u16(value.length), padded(value)];
}

function padded(bytes: Buffer): Buffer {
	return Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
}

function u16(value: number): Buffer {
	const bytes = Buffer.alloc(2);
	bytes.writeUInt16LE(value);
	return bytes;
}

function u32(value: number): Buffer {
	const bytes = Buffer.alloc(4);
	bytes.writeUInt32LE(value);
	return bytes;
}
