import { type Code, unsigned } from "./code.ts";

/** A module with one function and one memory. */
export interface KernelPlan {
	/** Number of 32-bit parameters; there is no result. */
	readonly parameters: number;
	/** Local variables after the parameters: counts of numbers and of vectors. */
	readonly numbers: number;
	readonly vectors: number;
	readonly body: Code;
}

export type Kernel = (...parameters: number[]) => void;

/** The part of WebAssembly's JavaScript interface in use; TypeScript declares it only for browsers. */
declare const WebAssembly:
	| {
			readonly Memory: new (size: { initial: number; maximum: number }) => { readonly buffer: ArrayBuffer };
			readonly Module: new (bytes: Uint8Array) => object;
			readonly Instance: new (module: object, imports: object) => { readonly exports: { readonly run: Kernel } };
	  }
	| undefined;

const PAGE = 1 << 16;

/**
 * Compiles kernels of one plan on first use, each with its own memory. A kernel is undefined if WebAssembly, a feature that it
 * needs, or memory is missing: the caller then uses plain JavaScript.
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

/** Sections in the order of the specification (5.5): types, imports, functions, exports, code. */
function moduleOf({ parameters, numbers, vectors, body }: KernelPlan): Uint8Array {
	// An empty group would name the vector type, which engines without vectors reject.
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
