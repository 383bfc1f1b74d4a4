import { type JsonTape, letterOf, NODE, NOTHING } from "./json-tape.ts";
import { latin1, TextMemory } from "./text-memory.ts";

/**
 * JSON in the first bytes of a flow: cut at the end, and also at the beginning if the observation began in the middle
 * of the conversation. `readCutJson` reads the visible part and marks strings, arrays and objects that are incomplete.
 * Texts, arrays and objects are views of the tape that they were read into; they are valid until the tape is reused.
 */
export type CutValue = CutText | CutArray | CutObject | number | boolean | null;

/** A string; if it is not `whole`, only one end was seen. Its text is decoded on demand. */
export class CutText {
	readonly whole: boolean;
	readonly #bytes: Uint8Array;
	readonly #begin: number;
	readonly #end: number;
	readonly #escaped: boolean;

	constructor(tape: JsonTape, node: number) {
		this.whole = tape.whole[node] === 1;
		this.#bytes = tape.bytes;
		this.#begin = tape.begins[node]!;
		this.#end = tape.ends[node]!;
		this.#escaped = tape.escaped[node] === 1;
	}

	/** The text with escapes resolved. */
	get text(): string {
		return textOfBytes(this.#bytes, this.#begin, this.#end, this.#escaped);
	}

	get length(): number {
		return this.#escaped ? this.text.length : this.#end - this.#begin;
	}

	/** Whether the text begins with `prefix`, which must not contain characters that need an escape. */
	startsWith(prefix: string): boolean {
		if (this.#escaped) return this.text.startsWith(prefix);
		return prefix.length <= this.length && isAt(prefix, this.#bytes, this.#begin);
	}

	/** Whether the text from character `from` on consists of one or more hexadecimal digits. */
	isHexadecimalFrom(from: number): boolean {
		if (this.#escaped) return /^[0-9a-fA-F]+$/.test(this.text.slice(from));
		const begin = this.#begin + from;
		for (let at = begin; at < this.#end; at++) if (!isHexadecimalDigit(this.#bytes[at]!)) return false;
		return begin < this.#end;
	}
}

export class CutArray {
	readonly #tape: JsonTape;
	readonly #node: number;

	constructor(tape: JsonTape, node: number) {
		this.#tape = tape;
		this.#node = node;
	}

	get items(): CutValue[] {
		const items: CutValue[] = [];
		const { first, next } = this.#tape;
		for (let item = first[this.#node]!; item !== NOTHING; item = next[item]!) items.push(valueAt(this.#tape, item));
		return items;
	}

	/** Both brackets were seen. */
	get whole(): boolean {
		return this.#tape.whole[this.#node] === 1;
	}
}

/** An object. If two members have the same name, the first one is used. */
export class CutObject {
	readonly #tape: JsonTape;
	readonly #node: number;

	constructor(tape: JsonTape, node: number) {
		this.#tape = tape;
		this.#node = node;
	}

	get(name: string): CutValue | undefined {
		const member = this.#find(name);
		return member === NOTHING ? undefined : valueAt(this.#tape, member);
	}

	has(name: string): boolean {
		return this.#find(name) !== NOTHING;
	}

	/** Whether it has no other members than these. */
	hasOnly(names: readonly string[]): boolean {
		const { first, next } = this.#tape;
		for (let member = first[this.#node]!; member !== NOTHING; member = next[member]!) {
			if (this.#isMember(member) && !names.some((name) => this.#isNamed(member, name))) return false;
		}
		return true;
	}

	/** Names and values in the order of the text. */
	get members(): Map<string, CutValue> {
		const members = new Map<string, CutValue>();
		const { first, next } = this.#tape;
		for (let member = first[this.#node]!; member !== NOTHING; member = next[member]!) {
			const name = this.#isMember(member) ? this.#nameOf(member) : undefined;
			if (name !== undefined && !members.has(name)) members.set(name, valueAt(this.#tape, member));
		}
		return members;
	}

	/** The visible part of the last name if the bytes end in a name. */
	get cutName(): string | undefined {
		const { kinds, last, bytes, begins, ends, escaped } = this.#tape;
		const name = last[this.#node]!;
		if (name === NOTHING || kinds[name] !== NODE.CUT_NAME) return undefined;
		return textOfBytes(bytes, begins[name]!, ends[name]!, escaped[name] === 1);
	}

	/** Both braces were seen. */
	get whole(): boolean {
		return this.#tape.whole[this.#node] === 1;
	}

	#find(name: string): number {
		const { first, next, letters } = this.#tape;
		if ((letters[this.#node]! & letterOf(name === "" ? 0 : name.charCodeAt(0))) === 0) return NOTHING;
		let member = first[this.#node]!;
		while (member !== NOTHING && !this.#isNamed(member, name)) member = next[member]!;
		return member;
	}

	#isMember(node: number): boolean {
		return this.#tape.nameBegins[node]! >= 0;
	}

	#isNamed(member: number, name: string): boolean {
		const { bytes, nameBegins, nameEnds, nameEscaped } = this.#tape;
		const begin = nameBegins[member]!;
		if (begin < 0) return false;
		if (nameEscaped[member] === 1) return this.#nameOf(member) === name;
		return nameEnds[member]! - begin === name.length && isAt(name, bytes, begin);
	}

	#nameOf(member: number): string {
		const { bytes, nameBegins, nameEnds, nameEscaped } = this.#tape;
		return textOfBytes(bytes, nameBegins[member]!, nameEnds[member]!, nameEscaped[member] === 1);
	}
}

/** The value of a node. */
export function valueAt(tape: JsonTape, node: number): CutValue {
	switch (tape.kinds[node]) {
		case NODE.TEXT:
			return new CutText(tape, node);
		case NODE.ARRAY:
			return new CutArray(tape, node);
		case NODE.OBJECT:
			return new CutObject(tape, node);
		default:
			return literalValue(tape.bytes, tape.begins[node]!, tape.ends[node]!, tape.end)!;
	}
}

/**
 * The value of the literal `[begin … end)` in bytes that end at `bytesEnd`; undefined if it is not a literal. At the
 * end of the bytes a prefix of a literal is accepted.
 */
function literalValue(
	bytes: Uint8Array,
	begin: number,
	end: number,
	bytesEnd: number,
): number | boolean | null | undefined {
	const text = textOfBytes(bytes, begin, end, false);
	const atEnd = end === bytesEnd;
	if (text === "") return undefined;
	if (text === "null") return null;
	if (text === "true") return true;
	if (text === "false") return false;
	if (atEnd && "null".startsWith(text)) return null;
	if (atEnd && "true".startsWith(text)) return true;
	if (atEnd && "false".startsWith(text)) return false;
	const value = Number(text);
	if (!Number.isNaN(value)) return value;
	return atEnd && /^-?\d*\.?\d*(e[+-]?)?$/i.test(text) ? Number.parseFloat(text) || 0 : undefined;
}

/** Whether {@link literalValue} would return a value. Common words and numbers are checked without decoding. */
export function isLiteral(bytes: Uint8Array, begin: number, end: number, bytesEnd: number): boolean {
	const first = bytes[begin]!;
	if (first < 0x61 || end === bytesEnd) {
		return isPlainNumber(bytes, begin, end) || literalValue(bytes, begin, end, bytesEnd) !== undefined;
	}
	const word = first === 0x6e ? "null" : first === 0x74 ? "true" : "false";
	return end - begin === word.length && isAt(word, bytes, begin);
}

function isPlainNumber(bytes: Uint8Array, begin: number, end: number): boolean {
	for (let at = begin; at < end; at++) if (bytes[at]! < 0x30 || bytes[at]! > 0x39) return false;
	return end > begin;
}

/** Longer texts are wallets, hashes and jobs, which rarely repeat. */
const LONGEST_REMEMBERED = 24;
/** Member names and protocol words repeat often, and decoding is the most expensive part of reading a message. */
const remembered = new TextMemory(512, (text) => text);

function textOfBytes(bytes: Uint8Array, begin: number, end: number, escaped: boolean): string {
	if (escaped) return unescaped(latin1(bytes, begin, end));
	return end - begin > LONGEST_REMEMBERED ? latin1(bytes, begin, end) : remembered.of(bytes, begin, end);
}

function unescaped(raw: string): string {
	return raw.replace(/\\(u[0-9a-fA-F]{4}|.)/gs, (_, code: string) =>
		code.length === 5 ? String.fromCharCode(Number.parseInt(code.slice(1), 16)) : (ESCAPES[code] ?? code),
	);
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", b: "\b", f: "\f" };

function isAt(text: string, bytes: Uint8Array, begin: number): boolean {
	for (let k = 0; k < text.length; k++) if (bytes[begin + k] !== text.charCodeAt(k)) return false;
	return true;
}

function isHexadecimalDigit(byte: number): boolean {
	const letter = byte | 0x20;
	return (byte >= 0x30 && byte <= 0x39) || (letter >= 0x61 && letter <= 0x66);
}
