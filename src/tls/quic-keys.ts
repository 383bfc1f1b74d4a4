import { createSecretKey, hash, type KeyObject } from "node:crypto";

/**
 * The keys of a client's Initial packets. KeyObjects of node:crypto: ciphers made from raw bytes cost four times as
 * much.
 */
export interface InitialKeys {
	/** AES-128-GCM. */
	readonly key: KeyObject;
	/** 12 bytes. */
	readonly iv: Uint8Array;
	/** AES-128-ECB, for the header. */
	readonly headerKey: KeyObject;
}

interface QuicVersion {
	readonly salt: Uint8Array;
	/** Precedes `key`, `iv` and `hp` in the labels. */
	readonly label: string;
	/** The two type bits of an Initial packet. */
	readonly initialType: number;
}

/** The keys of the client's Initial packets derive from the first destination connection id (RFC 9001, 5.2). */
export function clientInitialKeys(version: QuicVersion, connectionId: Uint8Array): InitialKeys {
	const initial = hmac(version.salt, connectionId);
	const client = expandLabel(initial, "client in", 32);
	return {
		key: createSecretKey(expandLabel(client, `${version.label} key`, 16)),
		iv: expandLabel(client, `${version.label} iv`, 12),
		headerKey: createSecretKey(expandLabel(client, `${version.label} hp`, 16)),
	};
}

/** The versions whose Initial packets are read, by number; undefined for any other. */
export function quicVersion(version: number): QuicVersion | undefined {
	if (version === 1) return version1;
	if (version === 0x6b3343cf) return version2;
	// draft-ietf-quic-tls-29 to -32 share one salt, 23 to 28 another; both still occur in captures.
	if (version >= 0xff00001d && version <= 0xff000020) return draft29;
	if (version >= 0xff000017 && version <= 0xff00001c) return draft23;
	// 33 and 34 are version 1 with another number.
	return version === 0xff000021 || version === 0xff000022 ? version1 : undefined;
}

const salt = (hex: string) => Uint8Array.from(Buffer.from(hex, "hex"));
/** RFC 9001, 5.2. */
const version1: QuicVersion = { salt: salt("38762cf7f55934b34d179ae6a4c80cadccbb7f0a"), label: "quic", initialType: 0 };
/** RFC 9369, 3. */
const version2: QuicVersion = {
	salt: salt("0dede3def700a6db819381be6e269dcbf9bd2ed9"),
	label: "quicv2",
	initialType: 1,
};
const draft29: QuicVersion = { ...version1, salt: salt("afbfec289993d24c9e9786f19c6111e04390a899") };
const draft23: QuicVersion = { ...version1, salt: salt("c3eef712c72ebb5a11a7d2432bb46365bef9f502") };

/** HKDF-Expand-Label of RFC 8446, 7.1 without context, for at most one block of SHA-256. */
function expandLabel(secret: Uint8Array, label: string, length: number): Uint8Array {
	const name = `tls13 ${label}`;
	const info = Buffer.concat([Buffer.from([0, length, name.length]), Buffer.from(name, "latin1"), Buffer.from([0, 1])]);
	return hmac(secret, info).subarray(0, length);
}

/**
 * HMAC-SHA-256 (RFC 2104) with a key of at most 64 bytes: two one-shot hashes cost a tenth of an Hmac object of
 * node:crypto.
 */
function hmac(key: Uint8Array, data: Uint8Array): Uint8Array {
	return sha256(padded(key, 0x5c, sha256(padded(key, 0x36, data))));
}

function padded(key: Uint8Array, pad: number, data: Uint8Array): Uint8Array {
	const message = new Uint8Array(BLOCK + data.length).fill(pad, 0, BLOCK);
	for (let i = 0; i < key.length; i++) message[i]! ^= key[i]!;
	message.set(data, BLOCK);
	return message;
}

function sha256(data: Uint8Array): Uint8Array {
	return hash("sha256", data, "buffer");
}

/** Block size of SHA-256 in bytes. */
const BLOCK = 64;
