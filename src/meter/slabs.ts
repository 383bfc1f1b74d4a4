import { recordMemory } from "./aligned-memory.ts";

/**
 * A fixed number of equal pieces of memory, to allocate and free. Pieces are linked into chains through a word of
 * their own; 0 is no piece. Memory is reserved at once and paged in when used.
 */
export class Slabs {
	/** Number of free pieces. */
	available: number;
	readonly words: Int32Array;
	/** The same memory as {@link words}. */
	readonly doubles: Float64Array;
	readonly bytes: Uint8Array;
	readonly #wordsPerPiece: number;
	readonly #linkWord: number;
	#free = 0;
	#used = 1;
	/** Keeps the compiler from removing prefetching reads. */
	#touched = 0;

	/** `linkWord`: the word of a piece that holds the number of the next. */
	constructor(count: number, bytesPerPiece: number, linkWord: number) {
		const { doubles, words, bytes } = recordMemory((count + 1) * bytesPerPiece);
		this.doubles = doubles;
		this.words = words;
		this.bytes = bytes;
		this.available = count;
		this.#wordsPerPiece = bytesPerPiece >> 2;
		this.#linkWord = linkWord;
	}

	/** Allocates a piece without a successor. At least one must be {@link available}. */
	claim(): number {
		this.available--;
		let piece = this.#free;
		if (piece === 0) piece = this.#used++;
		else this.#free = this.next(piece);
		this.link(piece, 0);
		return piece;
	}

	next(piece: number): number {
		return this.words[piece * this.#wordsPerPiece + this.#linkWord]!;
	}

	link(piece: number, next: number): void {
		this.words[piece * this.#wordsPerPiece + this.#linkWord] = next;
	}

	/**
	 * Prefetches the chains that begin with `pieces[0 … count)`, which it overwrites; 0 is no chain. They are
	 * followed in parallel: following one alone waits for each of its pieces.
	 */
	fetch(pieces: Int32Array, count: number): void {
		const { words } = this;
		let left = count;
		while (left > 0) {
			let sum = 0;
			let kept = 0;
			for (let i = 0; i < left; i++) {
				const begin = pieces[i]! * this.#wordsPerPiece;
				const next = words[begin + this.#linkWord]!;
				sum ^= words[begin]!;
				pieces[kept] = next;
				if (next !== 0) kept++;
			}
			this.#touched ^= sum;
			left = kept;
		}
	}

	/** Frees a whole chain. */
	release(first: number): void {
		if (first === 0) return;
		let last = first;
		this.available++;
		for (let next = this.next(last); next !== 0; next = this.next(last)) {
			last = next;
			this.available++;
		}
		this.link(last, this.#free);
		this.#free = first;
	}
}
