/**
 * WebAssembly as expressions: each function gives the bytes of one (W3C, WebAssembly Core Specification 2.0, chapter 5),
 * operands first, as a stack machine needs them. A function without a value is a statement.
 */
export type Code = readonly number[];

/** A local variable, by its number: parameters first. */
export const get = (local: number): Code => [0x20, ...unsigned(local)];
export const set = (local: number, value: Code): Code => [...value, 0x21, ...unsigned(local)];
/** Sets a local variable and returns its value. */
export const tee = (local: number, value: Code): Code => [...value, 0x22, ...unsigned(local)];

export const constant = (value: number): Code => [0x41, ...signed(value)];
export const add = (a: Code, b: Code): Code => [...a, ...b, 0x6a];
export const multiply = (a: Code, b: Code): Code => [...a, ...b, 0x6c];
export const and = (a: Code, b: Code): Code => [...a, ...b, 0x71];
export const shiftLeft = (a: Code, by: number): Code => [...a, ...constant(by), 0x74];
/** Fills with zeros from the left. */
export const shiftRight = (a: Code, by: number): Code => [...a, ...constant(by), 0x76];
/** 1 if it holds, else 0. Compares unsigned numbers, such as addresses. */
export const less = (a: Code, b: Code): Code => [...a, ...b, 0x49];
export const isZero = (a: Code): Code => [...a, 0x45];
/** Number of zero bits below the lowest set bit. */
export const trailingZeros = (a: Code): Code => [...a, 0x68];

/** 32 bits at an address plus the constant offset of the instruction. */
export const load = (address: Code, offset = 0): Code => [...address, 0x28, 2, ...unsigned(offset)];
export const loadDouble = (address: Code, offset = 0): Code => [...address, 0x2b, 3, ...unsigned(offset)];
export const storeDouble = (address: Code, value: Code): Code => [...address, ...value, 0x39, 3, 0];
export const loadFloat = (address: Code, offset = 0): Code => [...address, 0x2a, 2, ...unsigned(offset)];
/** 1 if it holds, else 0; false for NaN. */
export const floatAtMost = (a: Code, b: Code): Code => [...a, ...b, 0x5f];
export const addDoubles = (a: Code, b: Code): Code => [...a, ...b, 0xa0];

/** Repeats the statements while `condition` holds after them. */
export const repeatWhile = (condition: Code, ...statements: Code[]): Code => [
	...[0x03, 0x40],
	...statements.flat(),
	...condition,
	...[0x0d, 0, 0x0b],
];

/** Vectors of four 32-bit numbers. */
export const vector = {
	load: (address: Code, offset = 0): Code => [...address, 0xfd, 0x00, 4, ...unsigned(offset)],
	/** The 32 bits at an address, four times. */
	loadRepeated: (address: Code, offset = 0): Code => [...address, 0xfd, 0x09, 2, ...unsigned(offset)],
	allOnes: (): Code => [0xfd, 0x0c, ...new Array<number>(16).fill(0xff)],
	lane: (a: Code, lane: number): Code => [...a, 0xfd, 0x1b, lane],
	/** Sets all bits of a lane if it holds, else clears them. Compares float32 numbers; false for NaN. */
	floatAtMost: (a: Code, b: Code): Code => [...a, ...b, 0xfd, 0x45],
	and: (a: Code, b: Code): Code => [...a, ...b, 0xfd, 0x4e],
	or: (a: Code, b: Code): Code => [...a, ...b, 0xfd, 0x50],
} as const;

/** LEB128, the encoding of counts and offsets. */
export function unsigned(value: number): Code {
	return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}

function signed(value: number): Code {
	return value >= -0x40 && value < 0x40 ? [value & 0x7f] : [(value & 0x7f) | 0x80, ...signed(value >> 7)];
}
