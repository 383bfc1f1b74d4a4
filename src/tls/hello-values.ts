import { type ClientHello, isGrease, type Span } from "./client-hello.ts";

/** The 16-bit values of a span in the order sent, without GREASE: the input of fingerprints. */
export function valuesOf(hello: ClientHello, span: Span): number[] {
	const values: number[] = [];
	for (let at = span.begin; at + 1 < span.end; at += 2) {
		const value = (hello.bytes[at]! << 8) | hello.bytes[at + 1]!;
		if (!isGrease(value)) values.push(value);
	}
	return values;
}

/** The types of the extensions in the order sent, without GREASE. */
export function extensionTypesOf(hello: ClientHello): number[] {
	const { bytes, extensions } = hello;
	const types: number[] = [];
	for (let at = extensions.begin; at + 3 < extensions.end; ) {
		const type = (bytes[at]! << 8) | bytes[at + 1]!;
		if (!isGrease(type)) types.push(type);
		at += 4 + ((bytes[at + 2]! << 8) | bytes[at + 3]!);
	}
	return types;
}
