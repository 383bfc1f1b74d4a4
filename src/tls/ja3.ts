import { hash } from "node:crypto";
import type { ClientHello } from "./client-hello.ts";
import { extensionTypesOf, valuesOf } from "./hello-values.ts";

/**
 * JA3 of a hello (Althouse, Atkinson and Atkins, Salesforce, 2017): MD5 of {@link ja3Text}, 32 hexadecimal digits.
 * Clients that shuffle their extensions have a different JA3 each time; {@link ja4} is stable.
 */
export function ja3(hello: ClientHello): string {
	return hash("md5", ja3Text(hello));
}

/**
 * Version, ciphers, extensions, groups and point formats in decimal, as sent, without GREASE:
 * `771,4865-4866,0-23,29-23,0`.
 */
export function ja3Text(hello: ClientHello): string {
	const formats = [...hello.bytes.subarray(hello.pointFormats.begin, hello.pointFormats.end)];
	const lists = [valuesOf(hello, hello.ciphers), extensionTypesOf(hello), valuesOf(hello, hello.groups), formats];
	return [hello.legacyVersion, ...lists.map((values) => values.join("-"))].join(",");
}
