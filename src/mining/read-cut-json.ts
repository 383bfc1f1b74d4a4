import { isBlank } from "./blank.ts";
import { type CutValue, isLiteral, valueAt } from "./cut-json.ts";
import { JsonTape, NODE, NOTHING } from "./json-tape.ts";
import {
	BACKSLASH,
	CLOSE_ARRAY,
	CLOSE_OBJECT,
	COLON,
	COMMA,
	MAX_LITERAL,
	OPEN_ARRAY,
	OPEN_OBJECT,
	QUOTE,
} from "./plain-json.ts";

/** The successive values of a text, and the cost of reading them. */
export interface CutJson {
	/** The values from the first byte that may begin one. */
	readonly values: readonly CutValue[];
	/** A value whose beginning is missing, rebuilt from the ends of its members; it precedes `values`. */
	readonly fragment: CutValue | undefined;
	/** Steps of the reader's loops: at most 4 per byte for any input. */
	readonly steps: number;
}

/** The deepest nesting that is accepted; deeper text is malformed. Mining messages have at most 6 levels. */
const MAX_DEPTH = 12;

/**
 * Reads `bytes[begin … end)` into `tape`. Text that is not JSON ends the reading: the value that contains it is
 * dropped, and earlier values are kept. Commas, colons and white space are checked only as far as needed to separate
 * names and values.
 */
export function readCutJson(bytes: Uint8Array, begin: number, end: number, tape = new JsonTape()): CutJson {
	tape.reset(bytes, begin, end);
	return new CutJsonReader(tape, begin).read();
}

class CutJsonReader {
	readonly #tape: JsonTape;
	readonly #bytes: Uint8Array;
	readonly #end: number;
	readonly #values: CutValue[] = [];
	#fragment: CutValue | undefined;
	#at: number;
	#steps = 0;
	/** The number of open containers; `open` lists them, outermost first. */
	#depth = 0;
	/** The bytes of a name that still waits for its value; `nameBegin` is -1 if there is none. */
	#nameBegin = -1;
	#nameEnd = 0;
	#nameEscaped = false;
	/** The beginning of the outermost open container is missing; it is treated as an array until it contains a name. */
	#inTail = false;

	constructor(tape: JsonTape, begin: number) {
		this.#tape = tape;
		this.#bytes = tape.bytes;
		this.#at = begin;
		this.#end = tape.end;
	}

	read(): CutJson {
		this.#skipBlank();
		const first = this.#bytes[this.#at];
		const well = first === OPEN_OBJECT || first === OPEN_ARRAY ? true : this.#readFragment();
		while (well && this.#at < this.#end && this.#readValue()) this.#skipBlank();
		return { values: this.#values, fragment: this.#fragment, steps: this.#steps };
	}

	/** Reads one top-level value; returns false at the end of the text, or if it is not JSON. */
	#readValue(): boolean {
		const first = this.#bytes[this.#at];
		if (first !== OPEN_OBJECT && first !== OPEN_ARRAY) return false;
		do {
			if (!this.#readToken()) return false;
			this.#skipBlank();
		} while (this.#depth > 0 && this.#at < this.#end);
		this.#values.push(valueAt(this.#tape, open[0]!));
		this.#depth = 0;
		return true;
	}

	/** Reads one bracket, name, string or literal in (or at the beginning of) a container. */
	#readToken(): boolean {
		const byte = this.#bytes[this.#at]!;
		if (byte === QUOTE) return this.#readText();
		if (byte === COMMA) {
			this.#at++;
			return true;
		}
		if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
			if (this.#depth === MAX_DEPTH || (this.#depth > 0 && this.#isNameless(open[this.#depth - 1]!))) return false;
			this.#at++;
			const container = this.#tape.add(byte === OPEN_OBJECT ? NODE.OBJECT : NODE.ARRAY, 0, 0);
			if (this.#depth > 0) this.#put(open[this.#depth - 1]!, container);
			this.#nameBegin = -1;
			open[this.#depth++] = container;
			return true;
		}
		if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) {
			const container = open[this.#depth - 1]!;
			if ((this.#tape.kinds[container] === NODE.OBJECT) !== (byte === CLOSE_OBJECT)) return false;
			this.#at++;
			this.#depth--;
			this.#tape.whole[container] = 1;
			this.#nameBegin = -1;
			return true;
		}
		return this.#readLiteral();
	}

	#readText(): boolean {
		const tape = this.#tape;
		const text = this.#text();
		const whole = tape.whole[text] === 1;
		const container = open[this.#depth - 1]!;
		if (this.#inTail && this.#depth === 1 && whole && tape.kinds[container] === NODE.ARRAY) {
			this.#skipBlank();
			if (this.#bytes[this.#at] === COLON && this.#at < this.#end) this.#makeTailObject();
		}
		if (!this.#isNameless(container)) {
			this.#put(container, text);
			return true;
		}
		this.#skipBlank();
		if (!whole || this.#at === this.#end) {
			tape.kinds[text] = NODE.CUT_NAME;
			tape.append(container, text);
			return true;
		}
		this.#nameBegin = tape.begins[text]!;
		this.#nameEnd = tape.ends[text]!;
		this.#nameEscaped = tape.escaped[text] === 1;
		return this.#bytes[this.#at++] === COLON;
	}

	/** Reads a string from its opening quote on. */
	#text(): number {
		const bytes = this.#bytes;
		const begin = this.#at + 1;
		const end = this.#end;
		let escaped = 0;
		let at = begin;
		for (; at < end && bytes[at] !== QUOTE; at++) {
			if (bytes[at] !== BACKSLASH) continue;
			escaped = 1;
			at++;
		}
		const whole = at < end;
		const textEnd = whole ? at : end;
		this.#steps += textEnd - begin;
		this.#at = whole ? at + 1 : end;
		const text = this.#tape.add(NODE.TEXT, begin, textEnd);
		this.#tape.whole[text] = whole ? 1 : 0;
		this.#tape.escaped[text] = escaped;
		return text;
	}

	#readLiteral(): boolean {
		const begin = this.#at;
		this.#skipLiteral();
		const end = this.#at;
		const container = open[this.#depth - 1]!;
		if (end - begin > MAX_LITERAL || this.#isNameless(container)) return false;
		if (end === begin || !isLiteral(this.#bytes, begin, end, this.#end)) return false;
		this.#put(container, this.#tape.add(NODE.LITERAL, begin, end));
		return true;
	}

	/** Whether the next token in the container must be a name. */
	#isNameless(container: number): boolean {
		return this.#nameBegin < 0 && this.#tape.kinds[container] === NODE.OBJECT;
	}

	#put(container: number, value: number): void {
		if (this.#tape.kinds[container] === NODE.OBJECT) {
			this.#tape.name(container, value, this.#nameBegin, this.#nameEnd, this.#nameEscaped);
		}
		this.#tape.append(container, value);
		this.#nameBegin = -1;
	}

	/**
	 * Reads the tail of a message before the first complete value. An unmatched closing bracket means that everything
	 * read so far is in a container, whose other members follow. Returns true if a value follows.
	 */
	#readFragment(): boolean {
		const beginning = this.#readBrokenBeginning();
		if (beginning === NOTHING) return false;
		const tape = this.#tape;
		this.#inTail = true;
		open[0] = beginning;
		this.#depth = 1;
		let wraps = 0;
		while (this.#at < this.#end) {
			const byte = this.#bytes[this.#at]!;
			if (this.#depth > 1 || (byte !== CLOSE_OBJECT && byte !== CLOSE_ARRAY)) {
				if (!this.#readToken()) return false;
				this.#skipBlank();
				continue;
			}
			if (byte === CLOSE_OBJECT) this.#makeTailObject();
			else if (tape.kinds[open[0]!] === NODE.OBJECT) return false;
			this.#at++;
			this.#skipBlank();
			const next = this.#bytes[this.#at]!;
			if (this.#at === this.#end || (next !== COMMA && next !== CLOSE_OBJECT && next !== CLOSE_ARRAY)) {
				this.#fragment = valueAt(tape, open[0]!);
				this.#depth = 0;
				this.#inTail = false;
				return next === OPEN_OBJECT || next === OPEN_ARRAY;
			}
			if (++wraps === MAX_DEPTH) return false;
			const around = tape.add(NODE.ARRAY, 0, 0);
			tape.append(around, open[0]!);
			open[0] = around;
		}
		this.#fragment = valueAt(tape, open[0]!);
		return false;
	}

	/**
	 * Skips the string or literal in which the bytes begin, and returns its container. The byte after the first quote
	 * shows whether they begin inside a string. Returns `NOTHING` if there is no quote.
	 */
	#readBrokenBeginning(): number {
		const quote = this.#firstQuote();
		if (quote < 0) return NOTHING;
		const tape = this.#tape;
		const container = tape.add(NODE.ARRAY, 0, 0);
		if (this.#closesText(quote)) {
			const begin = this.#at;
			this.#at = quote + 1;
			this.#skipBlank();
			if (this.#bytes[this.#at] !== COLON) {
				const text = tape.add(NODE.TEXT, begin, quote);
				tape.escaped[text] = 1;
				tape.append(container, text);
			}
		} else this.#skipLiteral();
		this.#skipBlank();
		if (this.#bytes[this.#at] === COLON) this.#at++;
		this.#skipBlank();
		return container;
	}

	/** Turns the outermost container of a tail from an array into an object, because a name or a brace was found. */
	#makeTailObject(): void {
		const tape = this.#tape;
		const tail = open[0]!;
		if (tape.kinds[tail] === NODE.OBJECT) return;
		tape.kinds[tail] = NODE.OBJECT;
		const first = tape.first[tail]!;
		if (first === NOTHING) return;
		tape.next[first] = NOTHING;
		tape.last[tail] = first;
		tape.name(tail, first, 0, 0, false);
	}

	/** Index of the first quote; -1 if there is none, or if a byte before it is not text. */
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

	/** Whether a quote closes a string: it is the last byte, or a comma, colon or closing bracket follows it. */
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
		const bytes = this.#bytes;
		let at = this.#at;
		while (at < this.#end && isLiteralByte(bytes[at]!)) at++;
		this.#steps += at - this.#at;
		this.#at = at;
	}

	#skipBlank(): void {
		const bytes = this.#bytes;
		let at = this.#at;
		while (at < this.#end && isBlank(bytes[at]!)) at++;
		this.#steps += at - this.#at + 1;
		this.#at = at;
	}
}

/** The open containers of the current text, outermost first. */
const open = new Int32Array(MAX_DEPTH);

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
