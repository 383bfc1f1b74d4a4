import { latin1, TextMemory } from "./text-memory.ts";

/**
 * JSON as it stands in the first bytes of a flow: cut at the end, and at the beginning too where the flow was first
 * seen in mid-conversation. What stands there is read as far as it goes; open strings, arrays and objects are marked.
 */
export type CutValue = CutText | CutArray | CutObject | number | boolean | null;

/**
 * A string of which, where it is not `whole`, only one end was seen. It is decoded when its text is asked for, so the bytes
 * it stands in must be there until then: most questions are about its length, its beginning or its digits.
 */
export class CutText {
	readonly whole: boolean;
	readonly #bytes: Uint8Array;
	readonly #begin: number;
	readonly #end: number;
	readonly #escaped: boolean;
	#text: string | undefined;

	constructor(bytes: Uint8Array, begin: number, end: number, escaped: boolean, whole: boolean) {
		this.whole = whole;
		this.#bytes = bytes;
		this.#begin = begin;
		this.#end = end;
		this.#escaped = escaped;
	}

	/** Escapes resolved. */
	get text(): string {
		this.#text ??= this.#escaped
			? unescaped(textOfBytes(this.#bytes, this.#begin, this.#end))
			: textOfBytes(this.#bytes, this.#begin, this.#end);
		return this.#text;
	}

	get length(): number {
		return this.#escaped ? this.text.length : this.#end - this.#begin;
	}

	/** Whether the text begins with `prefix`, of characters that need no escape. */
	startsWith(prefix: string): boolean {
		if (this.#escaped) return this.text.startsWith(prefix);
		if (this.length < prefix.length) return false;
		for (let k = 0; k < prefix.length; k++) {
			if (this.#bytes[this.#begin + k] !== prefix.charCodeAt(k)) return false;
		}
		return true;
	}

	/** Whether nothing but hexadecimal digits, and at least one of them, stands from the character `from` on. */
	isHexadecimalFrom(from: number): boolean {
		if (this.#escaped) return /^[0-9a-fA-F]+$/.test(this.text.slice(from));
		const begin = this.#begin + from;
		for (let at = begin; at < this.#end; at++) if (!isHexadecimalDigit(this.#bytes[at]!)) return false;
		return begin < this.#end;
	}
}

export class CutArray {
	readonly items: CutValue[] = [];
	/** Both brackets were seen. */
	whole = false;
}

export class CutObject {
	/** The members: names in their order, and their values; of two with one name the first. */
	readonly names: string[] = [];
	readonly values: CutValue[] = [];
	/** The beginning of the name in which the bytes end, where they end in a name. */
	cutName: string | undefined;
	whole = false;
	/** Members by name, where they are many. A miner's two to ten are found more quickly by looking through them. */
	#byName: Map<string, CutValue> | undefined;

	get(name: string): CutValue | undefined {
		if (this.#byName !== undefined) return this.#byName.get(name);
		const { names } = this;
		for (let k = 0; k < names.length; k++) if (names[k] === name) return this.values[k];
		return undefined;
	}

	has(name: string): boolean {
		return this.get(name) !== undefined;
	}

	add(name: string, value: CutValue): void {
		if (this.has(name)) return;
		this.names.push(name);
		this.values.push(value);
		if (this.#byName !== undefined) this.#byName.set(name, value);
		else if (this.names.length > MANY_MEMBERS)
			this.#byName = new Map(this.names.map((own, k) => [own, this.values[k]!]));
	}
}

const MANY_MEMBERS = 16;

/** The values that follow one another in a text, and what reading them cost. */
export interface CutJson {
	/** Values from the first byte that can be one. */
	readonly values: readonly CutValue[];
	/** A value whose beginning is missing, put together from the ends of its members; it stands before `values`. */
	readonly fragment: CutValue | undefined;
	/** Steps of the reader's loops: at most 4 a byte, whatever the bytes. */
	readonly steps: number;
}

/** Containers inside one another that are kept; what stands deeper is malformed, for no mining message is deeper than 6. */
const MAX_DEPTH = 12;

/**
 * Reads `bytes[begin … end)`. Text that is not JSON ends the reading there: the value it stands in is dropped, the ones
 * before stay. Commas, colons and white space are not insisted on more than is needed to tell names from values.
 */
export function readCutJson(bytes: Uint8Array, begin: number, end: number): CutJson {
	return new CutJsonReader(bytes, begin, end).read();
}

type Container = CutArray | CutObject;

class CutJsonReader {
	readonly #bytes: Uint8Array;
	readonly #end: number;
	readonly #values: CutValue[] = [];
	#fragment: CutValue | undefined;
	#at: number;
	#steps = 0;
	/** Open containers, outermost first, and the name under which each stands in the one around it. */
	#open: Container[] = [];
	#names: (string | undefined)[] = [];
	/** The name read last, until its value comes. */
	#name: string | undefined;
	/** The outermost open container is one whose beginning is missing; it passes for an array until a name stands in it. */
	#inTail = false;

	constructor(bytes: Uint8Array, begin: number, end: number) {
		this.#bytes = bytes;
		this.#at = begin;
		this.#end = end;
	}

	read(): CutJson {
		this.#skipBlank();
		const first = this.#bytes[this.#at];
		const well = first === OPEN_OBJECT || first === OPEN_ARRAY ? true : this.#readFragment();
		while (well && this.#at < this.#end && this.#readValue()) this.#skipBlank();
		return { values: this.#values, fragment: this.#fragment, steps: this.#steps };
	}

	/** One value at the top; false where the text is no JSON or ends. */
	#readValue(): boolean {
		const first = this.#bytes[this.#at];
		if (first !== OPEN_OBJECT && first !== OPEN_ARRAY) return false;
		do {
			if (!this.#readToken()) return false;
			this.#skipBlank();
		} while (this.#open.length > 0 && this.#at < this.#end);
		if (this.#open.length > 0) this.#values.push(this.#closeAll());
		return true;
	}

	/** One bracket, name, string or literal inside (or at the beginning of) a container. */
	#readToken(): boolean {
		const byte = this.#bytes[this.#at]!;
		if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
			const nameless = this.#name === undefined && this.#open.at(-1) instanceof CutObject;
			if (nameless || this.#open.length === MAX_DEPTH) return false;
			this.#at++;
			this.#open.push(byte === OPEN_OBJECT ? new CutObject() : new CutArray());
			this.#names.push(this.#name);
			this.#name = undefined;
			return true;
		}
		if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) {
			const container = this.#open.at(-1);
			if (container instanceof CutObject !== (byte === CLOSE_OBJECT)) return false;
			this.#at++;
			this.#close(true);
			return true;
		}
		if (byte === COMMA) {
			this.#at++;
			return true;
		}
		if (byte === QUOTE) return this.#readText();
		return this.#readLiteral();
	}

	#readText(): boolean {
		this.#at++;
		const text = this.#text();
		let container = this.#open.at(-1)!;
		if (container instanceof CutArray && this.#inTail && this.#open.length === 1 && text.whole) {
			this.#skipBlank();
			if (this.#bytes[this.#at] === COLON && this.#at < this.#end) container = this.#tailAsObject();
		}
		if (container instanceof CutArray || this.#name !== undefined) {
			this.#put(container, text);
			return true;
		}
		if (!text.whole) {
			container.cutName = text.text;
			return true;
		}
		this.#skipBlank();
		if (this.#at === this.#end) {
			container.cutName = text.text;
			return true;
		}
		this.#name = text.text;
		return this.#bytes[this.#at++] === COLON;
	}

	/** The rest of a string behind its opening quote, escapes resolved. */
	#text(): CutText {
		const bytes = this.#bytes;
		const begin = this.#at;
		const end = this.#end;
		let escaped = false;
		let at = begin;
		for (; at < end && bytes[at] !== QUOTE; at++) {
			if (bytes[at] !== BACKSLASH) continue;
			escaped = true;
			at++;
		}
		const whole = at < end;
		const textEnd = whole ? at : end;
		this.#steps += textEnd - begin;
		this.#at = whole ? at + 1 : end;
		return new CutText(bytes, begin, textEnd, escaped, whole);
	}

	#readLiteral(): boolean {
		const begin = this.#at;
		while (this.#at < this.#end && isLiteralByte(this.#bytes[this.#at]!)) {
			this.#at++;
			this.#steps++;
		}
		if (this.#at - begin > MAX_LITERAL) return false;
		const text = textOfBytes(this.#bytes, begin, this.#at);
		const value = literal(text, this.#at === this.#end);
		const container = this.#open.at(-1)!;
		if (value === undefined || (container instanceof CutObject && this.#name === undefined)) return false;
		this.#put(container, value);
		return true;
	}

	#put(container: Container, value: CutValue): void {
		if (container instanceof CutArray) container.items.push(value);
		else if (this.#name !== undefined) container.add(this.#name, value);
		this.#name = undefined;
	}

	/** Closes the innermost container and puts it into the one around it. */
	#close(whole: boolean): CutValue {
		const container = this.#open.pop()!;
		this.#name = this.#names.pop();
		container.whole = whole;
		const around = this.#open.at(-1);
		if (around) this.#put(around, container);
		else {
			this.#name = undefined;
			if (whole) this.#values.push(container);
		}
		return container;
	}

	/** The bytes end here: every open container ends with them. */
	#closeAll(): CutValue {
		let outermost: CutValue = null;
		while (this.#open.length > 0) outermost = this.#close(false);
		return outermost;
	}

	/**
	 * What stands before the first whole value: the tail of a message. Each bracket that closes more than was opened
	 * puts all that was read so far into a container around it, whose other members follow. True where a value follows.
	 */
	#readFragment(): boolean {
		const beginning = this.#readBrokenBeginning();
		if (beginning === undefined) return false;
		this.#inTail = true;
		this.#open = [beginning];
		this.#names = [undefined];
		let wraps = 0;
		while (this.#at < this.#end) {
			const byte = this.#bytes[this.#at]!;
			if (this.#open.length > 1 || (byte !== CLOSE_OBJECT && byte !== CLOSE_ARRAY)) {
				if (!this.#readToken()) return false;
				this.#skipBlank();
				continue;
			}
			const tail = byte === CLOSE_OBJECT ? this.#tailAsObject() : this.#open[0]!;
			if (byte === CLOSE_ARRAY && tail instanceof CutObject) return false;
			this.#at++;
			this.#skipBlank();
			const next = this.#bytes[this.#at]!;
			if (this.#at === this.#end || (next !== COMMA && next !== CLOSE_OBJECT && next !== CLOSE_ARRAY)) {
				this.#fragment = tail;
				this.#open = [];
				this.#inTail = false;
				return next === OPEN_OBJECT || next === OPEN_ARRAY;
			}
			if (++wraps === MAX_DEPTH) return false;
			this.#open = [wrapped(tail)];
		}
		this.#fragment = this.#closeAll();
		return false;
	}

	/**
	 * Skips the string or literal in which the bytes begin, and gives the container that it stands in. Whether they begin
	 * inside a string is told by what follows the first quote. Undefined where there is no quote at all.
	 */
	#readBrokenBeginning(): CutArray | undefined {
		const quote = this.#firstQuote();
		if (quote < 0) return undefined;
		const container = new CutArray();
		if (this.#closesText(quote)) {
			const text = new CutText(this.#bytes, this.#at, quote, true, false);
			this.#at = quote + 1;
			this.#skipBlank();
			if (this.#bytes[this.#at] !== COLON) container.items.push(text);
		} else this.#skipLiteral();
		this.#skipBlank();
		if (this.#bytes[this.#at] === COLON) this.#at++;
		this.#skipBlank();
		return container;
	}

	/** The outermost container of a tail, made an object where it passed for an array: a name or a brace says so. */
	#tailAsObject(): CutObject {
		const tail = this.#open[0]!;
		if (tail instanceof CutObject) return tail;
		const object = new CutObject();
		if (tail.items[0] !== undefined) object.add("", tail.items[0]);
		this.#open[0] = object;
		return object;
	}

	/** Index of the first quote, -1 where there is none or something that is no text stands before it. */
	#firstQuote(): number {
		for (let i = this.#at; i < this.#end; i++) {
			this.#steps++;
			const byte = this.#bytes[i]!;
			if (byte === QUOTE) return i;
			if (byte === BACKSLASH) i++;
			else if ((byte < 0x20 || byte > 0x7e) && !isBlank(byte)) return -1;
		}
		return -1;
	}

	/** Whether a quote closes a string: a comma, colon or closing bracket follows it, or nothing. */
	#closesText(quote: number): boolean {
		let next = quote + 1;
		while (next < this.#end && isBlank(this.#bytes[next]!)) {
			next++;
			this.#steps++;
		}
		const byte = this.#bytes[next]!;
		return next === this.#end || byte === COMMA || byte === COLON || byte === CLOSE_ARRAY || byte === CLOSE_OBJECT;
	}

	#skipLiteral(): void {
		while (this.#at < this.#end && isLiteralByte(this.#bytes[this.#at]!)) {
			this.#at++;
			this.#steps++;
		}
	}

	#skipBlank(): void {
		while (this.#at < this.#end && isBlank(this.#bytes[this.#at]!)) {
			this.#at++;
			this.#steps++;
		}
		this.#steps++;
	}
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
/** Longer than any number that a miner sends (20 digits). */
const MAX_LITERAL = 40;

function isBlank(byte: number): boolean {
	return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** Bytes of numbers, `true`, `false` and `null`. */
function isLiteralByte(byte: number): boolean {
	return (
		(byte >= 0x30 && byte <= 0x39) ||
		(byte >= 0x61 && byte <= 0x7a) ||
		byte === 0x2d ||
		byte === 0x2b ||
		byte === 0x2e ||
		byte === 0x45
	);
}

/** The value of a literal; undefined where it is none. At the end of the bytes its beginning is enough. */
function literal(text: string, atEnd: boolean): CutValue | undefined {
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

/** The container around a tail, of which nothing but the tail is known yet. */
function wrapped(tail: Container): CutArray {
	const around = new CutArray();
	around.items.push(tail);
	return around;
}

function isHexadecimalDigit(byte: number): boolean {
	const letter = byte | 0x20;
	return (byte >= 0x30 && byte <= 0x39) || (letter >= 0x61 && letter <= 0x66);
}

/** Longer texts are wallets, hashes and jobs, which hardly ever come twice. */
const LONGEST_REMEMBERED = 24;
/** Member names and words of the protocols come again and again, and decoding is what reading a message costs most. */
const remembered = new TextMemory(512, (text) => text);

function textOfBytes(bytes: Uint8Array, begin: number, end: number): string {
	return end - begin > LONGEST_REMEMBERED ? latin1(bytes, begin, end) : remembered.of(bytes, begin, end);
}

function unescaped(raw: string): string {
	return raw.replace(/\\(u[0-9a-fA-F]{4}|.)/gs, (_, code: string) =>
		code.length === 5 ? String.fromCharCode(Number.parseInt(code.slice(1), 16)) : (ESCAPES[code] ?? code),
	);
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", b: "\b", f: "\f" };
