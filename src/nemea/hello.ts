import { DeCryptoError } from "../bytes/error.ts";

/** Data types of TRAP interfaces, by the number in the hello. */
export const DATA_TYPE = { UNKNOWN: 0, RAW: 1, UNIREC: 2, JSON: 3 } as const;

/** The beginning of a connection or file: the type of its messages. */
export interface Hello {
	readonly dataType: number;
	/** The UniRec template; empty for raw and unknown data. */
	readonly specifier: string;
}

/** Data type, three bytes of padding, length of the specifier (big-endian). */
export const HELLO_LENGTH = 8;
/** A template of 65,535 bytes of fixed part has at most some 16,000 fields; more is not a hello. */
const SPECIFIER_LENGTH_MAX = 1 << 20;

export function encodeHello({ dataType, specifier }: Hello): Uint8Array {
	const text = Buffer.from(specifier, "utf8");
	const bytes = new Uint8Array(HELLO_LENGTH + text.length);
	bytes[0] = dataType;
	new DataView(bytes.buffer).setUint32(4, text.length);
	bytes.set(text, HELLO_LENGTH);
	return bytes;
}

/** Bytes of the hello that begins `head`, or undefined while they are too few. Throws (code `hello`) if `head` does not begin with a hello. */
export function helloLength(head: Uint8Array): number | undefined {
	if (head.length > 0 && head[0]! > DATA_TYPE.JSON) throw helloError(`data type ${head[0]} is not known`);
	if (head.length < HELLO_LENGTH) return undefined;
	const length = specifierLength(head);
	if (length > SPECIFIER_LENGTH_MAX) throw helloError(`a data specifier of ${length} bytes`);
	return HELLO_LENGTH + length;
}

/** The hello that fills `bytes`. */
export function decodeHello(bytes: Uint8Array): Hello {
	return { dataType: bytes[0]!, specifier: Buffer.from(bytes.subarray(HELLO_LENGTH)).toString("utf8") };
}

/** The UniRec template that a hello announces. Throws (code `format`) where its data are something else. */
export function unirecSpecifier({ dataType, specifier }: Hello): string {
	if (dataType === DATA_TYPE.UNIREC) return specifier;
	const name = dataType === DATA_TYPE.JSON ? "JSON" : dataType === DATA_TYPE.RAW ? "raw data" : "data of no format yet";
	throw new DeCryptoError("format", `carries ${name}, not UniRec records`, { dataType });
}

/**
 * Whether a file is a `.trapcap`, by its first bytes ({@link TRAPCAP_HEAD} of them are enough): a hello whose
 * specifier begins like a template, or a hello of another data type, which is to be refused as such.
 */
export function isTrapcap(head: Uint8Array): boolean {
	if (head.length < HELLO_LENGTH || head[0]! > DATA_TYPE.JSON) return false;
	const length = specifierLength(head);
	if (length > SPECIFIER_LENGTH_MAX) return false;
	if (head[0] !== DATA_TYPE.UNIREC)
		return head[0] === DATA_TYPE.JSON && head[1] === 0 && head[2] === 0 && head[3] === 0;
	const text = Buffer.from(head.subarray(HELLO_LENGTH, HELLO_LENGTH + length)).toString("latin1");
	return length > 0 && /^ *[a-z0-9]+\*? +[A-Za-z_]/.test(text);
}

/** Bytes that {@link isTrapcap} needs. */
export const TRAPCAP_HEAD = 64;

function specifierLength(head: Uint8Array): number {
	return ((head[4]! << 24) | (head[5]! << 16) | (head[6]! << 8) | head[7]!) >>> 0;
}

function helloError(message: string): DeCryptoError {
	return new DeCryptoError("hello", `no TRAP hello: ${message}`);
}
