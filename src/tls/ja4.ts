import { hash } from "node:crypto";
import type { ClientHello } from "./client-hello.ts";
import { extensionTypesOf, valuesOf } from "./hello-values.ts";

/** The transport of the hello: `t` TLS over TCP, `q` QUIC. */
export type HelloTransport = "t" | "q";

/**
 * JA4 of a hello (FoxIO, 2023; the TLS client fingerprint, BSD-licensed): a readable part, then the first 12 digits of
 * the SHA-256 of the sorted ciphers, then of the sorted extensions and the signature algorithms.
 * `t13d1516h2_8daaf6152771_e5627efa2ab1`.
 */
export function ja4(hello: ClientHello, transport: HelloTransport): string {
	const [ciphers, extensions] = hashed(hello);
	return `${readablePart(hello, transport)}_${digest(ciphers)}_${digest(extensions)}`;
}

/** The same with the lists in place of their hashes: FoxIO's `JA4_r`. */
export function ja4Raw(hello: ClientHello, transport: HelloTransport): string {
	return [readablePart(hello, transport), ...hashed(hello)].join("_");
}

function readablePart(hello: ClientHello, transport: HelloTransport): string {
	const ciphers = twoDigits(valuesOf(hello, hello.ciphers).length);
	const extensions = twoDigits(extensionTypesOf(hello).length);
	const name = hello.hasServerName ? "d" : "i";
	return `${transport}${versionOf(hello)}${name}${ciphers}${extensions}${firstProtocol(hello)}`;
}

function hashed(hello: ClientHello): [ciphers: string, extensions: string] {
	const sorted = (values: number[]) => values.sort(ascending).map(hexadecimal).join(",");
	const ciphers = sorted(valuesOf(hello, hello.ciphers));
	const extensions = sorted(
		extensionTypesOf(hello).filter((type) => type !== SERVER_NAME && type !== APPLICATION_PROTOCOLS),
	);
	// In the order sent: the order is a preference, and differs between libraries.
	const algorithms = valuesOf(hello, hello.signatureAlgorithms).map(hexadecimal).join(",");
	return [ciphers, algorithms === "" ? extensions : `${extensions}_${algorithms}`];
}

/** The highest version offered, or the old field if the extension is absent. */
function versionOf(hello: ClientHello): string {
	const offered = valuesOf(hello, hello.versions);
	return VERSIONS.get(offered.length === 0 ? hello.legacyVersion : Math.max(...offered)) ?? "00";
}

/**
 * First and last character of the first protocol's name; of its hexadecimal digits if one of them is not alphanumeric.
 */
function firstProtocol(hello: ClientHello): string {
	const { bytes, protocols } = hello;
	if (protocols.end - protocols.begin < 2) return "00";
	const first = bytes[protocols.begin + 1]!;
	const length = bytes[protocols.begin]!;
	const last = bytes[protocols.begin + length]!;
	if (length === 0 || protocols.begin + length >= protocols.end) return "00";
	if (isLetterOrDigit(first) && isLetterOrDigit(last)) return String.fromCharCode(first, last);
	return hexadecimal(first)[2]! + hexadecimal(last)[3]!;
}

function isLetterOrDigit(byte: number): boolean {
	const folded = byte | 0x20;
	return (byte >= 0x30 && byte <= 0x39) || (folded >= 0x61 && folded <= 0x7a);
}

function digest(text: string): string {
	return text === "" ? "000000000000" : hash("sha256", text).slice(0, 12);
}

function hexadecimal(value: number): string {
	return HEXADECIMAL[value >> 8]! + HEXADECIMAL[value & 0xff]!;
}

const ascending = (a: number, b: number) => a - b;

function twoDigits(count: number): string {
	return String(Math.min(count, 99)).padStart(2, "0");
}

const HEXADECIMAL: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));
const SERVER_NAME = 0;
const APPLICATION_PROTOCOLS = 16;
const VERSIONS: ReadonlyMap<number, string> = new Map([
	[0x0304, "13"],
	[0x0303, "12"],
	[0x0302, "11"],
	[0x0301, "10"],
	[0x0300, "s3"],
	[0x0002, "s2"],
]);
