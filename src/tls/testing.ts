import { createCipheriv } from "node:crypto";
import { clientInitialKeys, quicVersion } from "./quic-keys.ts";

/** The content of a test's hello; an absent list means no extension. */
export interface HelloParts {
	readonly legacyVersion?: number;
	readonly ciphers?: readonly number[];
	readonly sessionId?: number;
	/** Extensions in the order sent; the known ones from {@link extension}, others as raw data. */
	readonly extensions?: readonly (readonly [type: number, data: readonly number[]])[];
}

const u16 = (value: number) => [value >> 8, value & 0xff];
const u24 = (value: number) => [value >> 16, (value >> 8) & 0xff, value & 0xff];
const text = (value: string) => [...Buffer.from(value)];
const vector16 = (data: readonly number[]) => [...u16(data.length), ...data];

/** Encoders of extensions by name. */
export const extension = {
	serverName: (name: string) => [0, vector16([0, ...vector16(text(name))])] as const,
	protocols: (...names: string[]) =>
		[16, vector16(names.flatMap((name) => [Buffer.byteLength(name), ...text(name)]))] as const,
	groups: (...values: number[]) => [10, vector16(values.flatMap(u16))] as const,
	pointFormats: (...values: number[]) => [11, [values.length, ...values]] as const,
	signatureAlgorithms: (...values: number[]) => [13, vector16(values.flatMap(u16))] as const,
	versions: (...values: number[]) => [43, [2 * values.length, ...values.flatMap(u16)]] as const,
	empty: (type: number) => [type, []] as const,
	/** A key share as long as that of X25519MLKEM768, which makes hellos span segments. */
	longKeyShare: () => [51, vector16([...u16(0x11ec), ...vector16(new Array<number>(1216).fill(7))])] as const,
};

/** A ClientHello with its handshake header, without records. */
export function helloMessage(parts: HelloParts): Uint8Array {
	const extensions = (parts.extensions ?? []).flatMap(([type, data]) => [...u16(type), ...vector16(data)]);
	const body = [
		...u16(parts.legacyVersion ?? 0x0303),
		...new Array<number>(32).fill(0x11),
		parts.sessionId ?? 0,
		...new Array<number>(parts.sessionId ?? 0).fill(0x22),
		...vector16((parts.ciphers ?? [0x1301, 0x1302]).flatMap(u16)),
		...[1, 0],
		...(parts.extensions === undefined ? [] : vector16(extensions)),
	];
	return Uint8Array.from([1, ...u24(body.length), ...body]);
}

/** The message in records of at most `size` bytes each. */
export function inRecords(message: Uint8Array, size = 16_384): Uint8Array {
	const bytes: number[] = [];
	for (let at = 0; at < message.length; at += size) {
		const part = message.subarray(at, at + size);
		bytes.push(22, 3, 1, ...u16(part.length), ...part);
	}
	return Uint8Array.from(bytes);
}

/** A CRYPTO frame (RFC 9000, 19.6). */
export function cryptoFrame(offset: number, data: Uint8Array): Uint8Array {
	return Uint8Array.from([6, 0x80, ...u24(offset), ...u16(0x4000 | data.length), ...data]);
}

/** A client's Initial packet with frames padded to `size` bytes of payload, sealed according to RFC 9001, 5. */
export function sealInitial(
	version: number,
	connectionId: Uint8Array,
	packetNumber: number,
	frames: Uint8Array,
	size = 1162,
	firstConnectionId = connectionId,
): Uint8Array {
	const about = quicVersion(version)!;
	const keys = clientInitialKeys(about, firstConnectionId);
	const length = 4 + size + 16;
	const header = Buffer.from([
		0xc3 | (about.initialType << 4),
		...[version >>> 24, (version >> 16) & 0xff, (version >> 8) & 0xff, version & 0xff],
		connectionId.length,
		...connectionId,
		...[0, 0],
		...u16(0x4000 | length),
		...[0, ...u24(packetNumber)],
	]);
	const nonce = Buffer.from(keys.iv);
	for (let i = 0; i < 4; i++) nonce[8 + i]! ^= header[header.length - 4 + i]!;
	const sealing = createCipheriv("aes-128-gcm", keys.key, nonce, { authTagLength: 16 });
	sealing.setAAD(header);
	const payload = new Uint8Array(size);
	payload.set(frames);
	const sealed = Buffer.concat([sealing.update(payload), sealing.final(), sealing.getAuthTag()]);
	const mask = createCipheriv("aes-128-ecb", keys.headerKey, null).update(sealed.subarray(0, 16));
	header[0]! ^= mask[0]! & 0x0f;
	for (let i = 0; i < 4; i++) header[header.length - 4 + i]! ^= mask[1 + i]!;
	return Buffer.concat([header, sealed]);
}
