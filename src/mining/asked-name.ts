import { CONNECT, isSocks4a, socks5Request, startsWith, zeroFrom } from "./preamble.ts";

/**
 * The host name that a client requests from a proxy (SOCKS4a, SOCKS5, HTTP CONNECT), in lower case. Undefined if the
 * client requests an address or sends no request. It names the server in the same way as a TLS server name.
 */
export function askedName(bytes: Uint8Array, begin: number, end: number): string | undefined {
	const first = bytes[begin];
	if (first === 5) return nameInSocks5(bytes, begin, end);
	if (first === 4) return nameInSocks4a(bytes, begin, end);
	return first === 0x43 && startsWith(bytes, begin, end, CONNECT) ? nameInConnect(bytes, begin, end) : undefined;
}

function nameInSocks5(bytes: Uint8Array, begin: number, end: number): string | undefined {
	const request = socks5Request(bytes, begin, end);
	if (request < 0 || bytes[request + 3] !== 3) return undefined;
	const name = request + 5;
	const behind = name + bytes[request + 4]!;
	return behind <= end ? hostName(bytes, name, behind) : undefined;
}

function nameInSocks4a(bytes: Uint8Array, begin: number, end: number): string | undefined {
	if (end - begin <= 8 || bytes[begin + 1] !== 1 || !isSocks4a(bytes, begin)) return undefined;
	const user = zeroFrom(bytes, begin + 8, end);
	const behind = zeroFrom(bytes, user + 1, end);
	return behind < end ? hostName(bytes, user + 1, behind) : undefined;
}

function nameInConnect(bytes: Uint8Array, begin: number, end: number): string | undefined {
	const name = begin + CONNECT.length;
	let behind = name;
	while (behind < end && bytes[behind] !== 0x3a && bytes[behind] !== 0x20) behind++;
	return behind < end && bytes[behind] === 0x3a ? hostName(bytes, name, behind) : undefined;
}

/** A name of labels whose last label is not a number, so that addresses do not match. */
const HOST_NAME = /^(?=.{4,253}$)([a-z0-9_-]{1,63}\.)+[a-z][a-z0-9-]{1,62}\.?$/;

function hostName(bytes: Uint8Array, begin: number, end: number): string | undefined {
	if (end - begin > 254) return undefined;
	const name = Buffer.from(bytes.buffer, bytes.byteOffset + begin, end - begin)
		.toString("latin1")
		.toLowerCase();
	return HOST_NAME.test(name) ? name.replace(/\.$/, "") : undefined;
}
