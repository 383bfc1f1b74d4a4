import { CutArray, CutObject, CutText, type CutValue } from "./cut-json.ts";

/** Checks of values that may be cut. */

/** The text of a string, cut or not; undefined for anything else. */
export function textOf(value: CutValue | undefined): string | undefined {
	return value instanceof CutText ? value.text : undefined;
}

export function itemsOf(value: CutValue | undefined): readonly CutValue[] | undefined {
	return value instanceof CutArray ? value.items : undefined;
}

/**
 * The name in `names` that equals a string, or begins with it if the string is cut after at least `enough` characters.
 */
export function nameOf(
	value: CutValue | undefined,
	names: Readonly<Record<string, unknown>>,
	enough: number,
): string | undefined {
	if (!(value instanceof CutText)) return undefined;
	if (value.length > LONGEST_NAME) return undefined;
	if (Object.hasOwn(names, value.text)) return value.text;
	if (value.whole || value.length < enough) return undefined;
	return Object.keys(names).find((name) => name.startsWith(value.text));
}

/** A string of hexadecimal digits: exactly `length`, or at least `seen` digits if it is cut. */
export function isHex(value: CutValue | undefined, length: number, seen = 1): boolean {
	if (!(value instanceof CutText)) return false;
	const digits = value.length;
	if (value.whole ? digits !== length : digits < seen || digits > length) return false;
	return value.isHexadecimalFrom(0);
}

/** A string of an even number of hexadecimal digits, at least `least`; at least `seen` if it is cut. */
export function isHexBlob(value: CutValue | undefined, least: number, seen: number): boolean {
	if (!(value instanceof CutText)) return false;
	const digits = value.length;
	if (value.whole ? digits < least || digits % 2 === 1 : digits < seen) return false;
	return value.isHexadecimalFrom(0);
}

/** `0x` followed by hexadecimal digits: Ethereum's form of quantities and hashes. */
export function isPrefixedHex(value: CutValue | undefined, length: number, seen: number): boolean {
	if (!(value instanceof CutText)) return false;
	const digits = value.length - 2;
	if (value.whole ? digits !== length : digits < seen || digits > length) return false;
	return value.startsWith("0x") && (digits === 0 || value.isHexadecimalFrom(2));
}

export function isObject(value: CutValue | undefined): value is CutObject {
	return value instanceof CutObject;
}

/** The number of these names in the object; a cut name counts if at least three characters are visible. */
export function membersAmong(object: CutObject, names: ReadonlySet<string>): number {
	let count = 0;
	for (const name of names) if (object.has(name)) count++;
	const { cutName } = object;
	if (cutName !== undefined && cutName.length >= 3)
		for (const name of names) if (name.startsWith(cutName)) return count + 1;
	return count;
}

/** Longer than any method name. */
const LONGEST_NAME = 40;
