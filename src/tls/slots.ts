/** An object that is lent and returned. */
interface Lendable {
	clear(): void;
}

/**
 * A fixed number of objects to lend: a bound on the memory of unfinished handshakes in a flood.
 * When all are lent, a new loan ends the oldest, whose handle then finds nothing.
 */
export class Slots<T extends Lendable> {
	/** Loans that ended because another needed the slot. */
	evicted = 0;
	readonly #make: () => T;
	readonly #things: (T | undefined)[];
	readonly #holders: Int32Array;
	#issued = 0;

	constructor(count: number, make: () => T) {
		this.#make = make;
		this.#things = new Array<T | undefined>(count).fill(undefined);
		this.#holders = new Int32Array(count);
	}

	/** A handle, a positive 32-bit integer, to an empty object. */
	lend(): number {
		this.#issued = this.#issued === 0x7fff_ffff ? 1 : this.#issued + 1;
		const slot = this.#issued % this.#holders.length;
		if (this.#holders[slot] !== 0) this.evicted++;
		this.#holders[slot] = this.#issued;
		this.#things[slot] ??= this.#make();
		this.#things[slot].clear();
		return this.#issued;
	}

	/** The object of the handle, or undefined if the loan has ended. */
	get(handle: number): T | undefined {
		const slot = handle % this.#holders.length;
		return handle > 0 && this.#holders[slot] === handle ? this.#things[slot] : undefined;
	}

	giveBack(handle: number): void {
		const slot = handle % this.#holders.length;
		if (handle > 0 && this.#holders[slot] === handle) this.#holders[slot] = 0;
	}
}
