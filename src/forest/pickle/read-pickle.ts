import { modelError } from "../model-error.ts";
import { PICKLE_GLOBALS } from "./pickle-globals.ts";
import { PickleDict, PickleGlobal, PickleObject, PickleTuple } from "./pickle-values.ts";

/** A forest of 100 trees takes about 16,000 instructions; each makes at most one small value. */
const MAX_INSTRUCTIONS = 1_000_000;
const MAX_TEXT = 1 << 30;

/**
 * Reads one pickle (protocols 2–5, PEP 307, 3154, 574) without executing anything: a stack machine whose values are
 * descriptions ({@link PickleObject}), and which may only name what {@link PICKLE_GLOBALS} lists. Arrays stay views of
 * `bytes`, so memory grows with the number of instructions, which is bounded. Throws (code `model`) one line.
 */
export function readPickle(bytes: Uint8Array): unknown {
	return new PickleMachine(bytes).run();
}

class PickleMachine {
	readonly #bytes: Uint8Array;
	readonly #view: DataView;
	#offset = 0;
	#stack: unknown[] = [];
	readonly #marks: number[] = [];
	readonly #memo = new Map<number, unknown>();

	constructor(bytes: Uint8Array) {
		this.#bytes = bytes;
		this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	}

	run(): unknown {
		for (let count = 0; count < MAX_INSTRUCTIONS; count++) {
			const at = this.#offset;
			const opcode = this.#u8();
			if (opcode === STOP) return this.#pop();
			const instruction = INSTRUCTIONS.get(opcode);
			if (instruction === undefined) throw this.#error(`unknown instruction 0x${hex(opcode)}`, at);
			instruction(this);
		}
		throw this.#error(`more than ${MAX_INSTRUCTIONS} instructions`);
	}

	static readonly instructions: ReadonlyMap<number, (machine: PickleMachine) => void> = new Map<
		number,
		(machine: PickleMachine) => void
	>([
		[0x80, (m) => m.#protocol()],
		[0x95, (m) => void m.#take(8)], // FRAME: how much to read ahead
		[0x28, (m) => void m.#marks.push(m.#stack.length)], // MARK
		[0x30, (m) => m.#discard()], // POP
		[0x31, (m) => void m.#popMark()], // POP_MARK
		[0x32, (m) => m.#push(m.#top())], // DUP
		[0x4e, (m) => m.#push(null)], // NONE
		[0x88, (m) => m.#push(true)], // NEWTRUE
		[0x89, (m) => m.#push(false)], // NEWFALSE
		[0x4a, (m) => m.#push(m.#view.getInt32(m.#take(4), true))], // BININT
		[0x4b, (m) => m.#push(m.#u8())], // BININT1
		[0x4d, (m) => m.#push(m.#view.getUint16(m.#take(2), true))], // BININT2
		[0x8a, (m) => m.#push(m.#long(m.#u8()))], // LONG1
		[0x8b, (m) => m.#push(m.#long(m.#length(4)))], // LONG4
		[0x47, (m) => m.#push(m.#view.getFloat64(m.#take(8), false))], // BINFLOAT, the one that is big-endian
		[0x8c, (m) => m.#push(m.#text(m.#u8()))], // SHORT_BINUNICODE
		[0x58, (m) => m.#push(m.#text(m.#length(4)))], // BINUNICODE
		[0x8d, (m) => m.#push(m.#text(m.#length(8)))], // BINUNICODE8
		[0x43, (m) => m.#push(m.#slice(m.#u8()))], // SHORT_BINBYTES
		[0x42, (m) => m.#push(m.#slice(m.#length(4)))], // BINBYTES
		[0x8e, (m) => m.#push(m.#slice(m.#length(8)))], // BINBYTES8
		[0x96, (m) => m.#push(m.#slice(m.#length(8)))], // BYTEARRAY8
		[0x5d, (m) => m.#push([])], // EMPTY_LIST
		[0x61, (m) => m.#append([m.#pop()])], // APPEND
		[0x65, (m) => m.#append(m.#popMark())], // APPENDS
		[0x29, (m) => m.#push(new PickleTuple([]))], // EMPTY_TUPLE
		[0x85, (m) => m.#tuple(1)], // TUPLE1
		[0x86, (m) => m.#tuple(2)], // TUPLE2
		[0x87, (m) => m.#tuple(3)], // TUPLE3
		[0x74, (m) => m.#push(new PickleTuple(m.#popMark()))], // TUPLE
		[0x7d, (m) => m.#push(new PickleDict())], // EMPTY_DICT
		[0x73, (m) => m.#setItems(m.#popMany(2))], // SETITEM
		[0x75, (m) => m.#setItems(m.#popMark())], // SETITEMS
		[0x68, (m) => m.#get(m.#u8())], // BINGET
		[0x6a, (m) => m.#get(m.#length(4))], // LONG_BINGET
		[0x71, (m) => void m.#memo.set(m.#u8(), m.#top())], // BINPUT
		[0x72, (m) => void m.#memo.set(m.#length(4), m.#top())], // LONG_BINPUT
		[0x94, (m) => void m.#memo.set(m.#memo.size, m.#top())], // MEMOIZE
		[0x63, (m) => m.#global(m.#line(), m.#line())], // GLOBAL
		[0x93, (m) => m.#stackGlobal()], // STACK_GLOBAL
		[0x52, (m) => m.#make()], // REDUCE
		[0x81, (m) => m.#make()], // NEWOBJ
		[0x62, (m) => m.#build()], // BUILD
		[0x97, (m) => m.#refuseBuffers()], // NEXT_BUFFER
		[0x98, (m) => m.#refuseBuffers()], // READONLY_BUFFER
	]);

	#error(why: string, at = this.#offset) {
		return modelError(`pickle: byte ${at}: ${why}`, { offset: at });
	}

	#protocol(): void {
		const protocol = this.#u8();
		if (protocol < 2 || protocol > 5) throw this.#error(`protocol ${protocol}; 2 to 5 can be read`);
	}

	#take(count: number): number {
		const at = this.#offset;
		if (count > this.#bytes.length - at) throw this.#error("cut short", this.#bytes.length);
		this.#offset = at + count;
		return at;
	}

	#u8(): number {
		return this.#bytes[this.#take(1)]!;
	}

	#length(width: 4 | 8): number {
		const at = this.#take(width);
		const high = width === 8 ? this.#view.getUint32(at + 4, true) : 0;
		const length = high * 2 ** 32 + this.#view.getUint32(at, true);
		return length;
	}

	#slice(length: number): Uint8Array {
		const at = this.#take(length);
		return this.#bytes.subarray(at, at + length);
	}

	#text(length: number): string {
		if (length > MAX_TEXT) throw this.#error(`a text of ${length} bytes`);
		return UTF8.decode(this.#slice(length));
	}

	/** Little-endian two's complement of any width; what does not fit a double exactly is of no use here. */
	#long(width: number): number {
		const digits = this.#slice(width);
		if (width > 8) throw this.#error(`an integer of ${width} bytes`);
		let value = 0n;
		for (let i = width - 1; i >= 0; i--) value = (value << 8n) | BigInt(digits[i]!);
		return Number(BigInt.asIntN(8 * width, value));
	}

	#line(): string {
		const end = this.#bytes.indexOf(0x0a, this.#offset);
		if (end < 0) throw this.#error("cut short", this.#bytes.length);
		const text = this.#text(end - this.#offset);
		this.#offset++;
		return text;
	}

	#push(value: unknown): void {
		this.#stack.push(value);
	}

	/** How many values stand above the last mark: an instruction never reaches below it. */
	get #above(): number {
		return this.#stack.length - (this.#marks.at(-1) ?? 0);
	}

	#pop(): unknown {
		if (this.#above < 1) throw this.#error("pops from an empty stack");
		return this.#stack.pop();
	}

	#popMany(count: number): unknown[] {
		if (this.#above < count) throw this.#error("pops from an empty stack");
		return this.#stack.splice(-count, count);
	}

	#popMark(): unknown[] {
		const mark = this.#marks.pop();
		if (mark === undefined) throw this.#error("no mark on the stack");
		return this.#stack.splice(mark);
	}

	/** POP takes a mark where one is on top. */
	#discard(): void {
		if (this.#above === 0 && this.#marks.length > 0) this.#marks.pop();
		else this.#pop();
	}

	#top(): unknown {
		if (this.#above < 1) throw this.#error("reads the top of an empty stack");
		return this.#stack.at(-1);
	}

	#get(key: number): void {
		if (!this.#memo.has(key)) throw this.#error(`nothing is kept under ${key}`);
		this.#push(this.#memo.get(key));
	}

	#tuple(count: number): void {
		this.#push(new PickleTuple(this.#popMany(count)));
	}

	#append(items: unknown[]): void {
		const list = this.#top();
		if (!Array.isArray(list)) throw this.#error("appends to something that is not a list");
		for (const item of items) list.push(item);
	}

	#setItems(items: unknown[]): void {
		const dict = this.#top();
		if (!(dict instanceof PickleDict) || items.length % 2 !== 0)
			throw this.#error("sets items of something that is not a dict");
		for (const item of items) dict.entries.push(item);
	}

	#stackGlobal(): void {
		const [module, name] = this.#popMany(2);
		if (typeof module !== "string" || typeof name !== "string") throw this.#error("a name that is not text");
		this.#global(module, name);
	}

	#global(module: string, name: string): void {
		const full = `${module}.${name}`;
		if (!PICKLE_GLOBALS.has(full)) {
			const hint = module.startsWith("joblib.") ? " (joblib's format; save it with pickle instead)" : "";
			throw modelError(`pickle: names ${full.slice(0, 100)}, which a forest does not contain: refused${hint}`, {
				name: full,
			});
		}
		this.#push(new PickleGlobal(full));
	}

	/** REDUCE and NEWOBJ: a class or function and its arguments become a description. */
	#make(): void {
		const [made, args] = this.#popMany(2);
		if (!(made instanceof PickleGlobal)) throw this.#error("calls something that is not a named function");
		if (!(args instanceof PickleTuple)) throw this.#error(`arguments of ${made.name} are no tuple`);
		this.#push(new PickleObject(made.name, args.items));
	}

	#build(): void {
		const state = this.#pop();
		const object = this.#top();
		if (!(object instanceof PickleObject)) throw this.#error("sets the state of something that is not an object");
		object.state = state;
	}

	#refuseBuffers(): never {
		throw this.#error("its arrays are in separate buffers; pickle it without buffer_callback");
	}
}

const STOP = 0x2e;
const INSTRUCTIONS = PickleMachine.instructions;
const UTF8 = new TextDecoder("utf-8", { ignoreBOM: true });

function hex(byte: number): string {
	return byte.toString(16).padStart(2, "0");
}
