import { type Code, unsigned } from "./code.ts";

/** One function over one memory: all that is asked of a module here. */
export interface KernelPlan {
	/** 32-bit numbers that it takes; it gives nothing. */
	readonly parameters: number;
	/** Local variables behind the parameters: so many numbers, then so many vectors. */
	readonly numbers: number;
	readonly vectors: number;
	readonly body: Code;
}

export type Kernel = (...parameters: number[]) => void;

/** The part of the JavaScript interface of WebAssembly that is used here; TypeScript has it among the types of browsers only. */
declare const WebAssembly:
	| {
			readonly Memory: new (size: { initial: number; maximum: number }) => { readonly buffer: ArrayBuffer };
			readonly Module: new (bytes: Uint8Array) => object;
			readonly Instance: new (module: object, imports: object) => { readonly exports: { readonly run: Kernel } };
	  }
	| undefined;

const PAGE = 1 << 16;

/**
 * Compiles kernels of one plan, the first time one is asked for, each over a memory of its own. A kernel is undefined where
 * there is no WebAssembly, not what it needs of it, or no memory: whoever asks has another way.
 */
export class KernelFactory {
	readonly #plan: KernelPlan;
	#module: object | undefined;
	#cannot = false;

	constructor(plan: KernelPlan) {
		this.#plan = plan;
	}

	create(bytes: number): { readonly run: Kernel; readonly buffer: ArrayBuffer } | undefined {
		if (typeof WebAssembly === "undefined" || this.#cannot) return undefined;
		try {
			this.#module ??= new WebAssembly.Module(moduleOf(this.#plan));
		} catch {
			this.#cannot = true;
			return undefined;
		}
		const pages = Math.ceil(bytes / PAGE);
		try {
			const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
			const { run } = new WebAssembly.Instance(this.#module, { "": { memory } }).exports;
			return { run, buffer: memory.buffer };
		} catch (error) {
			if (error instanceof RangeError) return undefined;
			throw error;
		}
	}
}

const I32 = 0x7f;
const V128 = 0x7b;

/** Sections in the order that the specification wants (5.5): types, imports, functions, exports, code. */
function moduleOf({ parameters, numbers, vectors, body }: KernelPlan): Uint8Array {
	// A group of none would still name its type, and so ask for vectors where they are not to be had.
	const groups = [
		[numbers, I32],
		[vectors, V128],
	].filter(([count]) => count! > 0);
	const locals = [groups.length, ...groups.flatMap(([count, type]) => [...unsigned(count!), type!])];
	const code = [...locals, ...body, 0x0b];
	return Uint8Array.from([
		...[0x00, ...text("asm"), 1, 0, 0, 0],
		...section(1, [1, 0x60, parameters, ...new Array<number>(parameters).fill(I32), 0]),
		...section(2, [1, ...name(""), ...name("memory"), 0x02, 0x00, 0]),
		...section(3, [1, 0]),
		...section(7, [1, ...name("run"), 0x00, 0]),
		...section(10, [1, ...unsigned(code.length), ...code]),
	]);
}

function section(id: number, content: Code): Code {
	return [id, ...unsigned(content.length), ...content];
}

function name(of: string): Code {
	return [of.length, ...text(of)];
}

function text(of: string): Code {
	return [...of].map((character) => character.charCodeAt(0));
}
