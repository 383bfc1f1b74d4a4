/** Kinds of nodes on the tape. */
export const NODE = { TEXT: 0, LITERAL: 1, ARRAY: 2, OBJECT: 3, CUT_NAME: 4 } as const;

/** The index that means: no node. */
export const NOTHING = -1;

/**
 * The values of a text as columns of numbers, one entry per node. The tape is reused, and a value becomes an object
 * only on demand. A tape holds one text at a time.
 */
export class JsonTape {
	bytes: Uint8Array = new Uint8Array(0);
	/** The end of the bytes that were read; a literal that ends there may be cut. */
	end = 0;
	/** One of {@link NODE}. */
	kinds = new Uint8Array(0);
	/** 1 if both ends were seen, for texts and containers. */
	whole = new Uint8Array(0);
	/** 1 for texts with an escape, and for nodes whose name contains one. */
	escaped = new Uint8Array(0);
	nameEscaped = new Uint8Array(0);
	/** The bytes of texts and literals, and of the node's member name; -1 if it has no name. */
	begins = new Int32Array(0);
	ends = new Int32Array(0);
	nameBegins = new Int32Array(0);
	nameEnds = new Int32Array(0);
	/** Children of containers in the order of the text, or {@link NOTHING}. */
	first = new Int32Array(0);
	last = new Int32Array(0);
	next = new Int32Array(0);
	/**
	 * For objects: a bit for the first letter of each member name ({@link letterOf}); it avoids most failing searches.
	 */
	letters = new Int32Array(0);
	count = 0;

	/** Clears the tape and reserves capacity for another text: each node takes at least one byte. */
	reset(bytes: Uint8Array, begin: number, end: number): void {
		this.bytes = bytes;
		this.end = end;
		this.count = 0;
		const nodes = end - begin + 1;
		if (nodes <= this.kinds.length) return;
		this.kinds = new Uint8Array(nodes);
		this.whole = new Uint8Array(nodes);
		this.escaped = new Uint8Array(nodes);
		this.nameEscaped = new Uint8Array(nodes);
		this.begins = new Int32Array(nodes);
		this.ends = new Int32Array(nodes);
		this.nameBegins = new Int32Array(nodes);
		this.nameEnds = new Int32Array(nodes);
		this.first = new Int32Array(nodes);
		this.last = new Int32Array(nodes);
		this.next = new Int32Array(nodes);
		this.letters = new Int32Array(nodes);
	}

	add(kind: number, begin: number, end: number): number {
		const node = this.count++;
		this.kinds[node] = kind;
		this.whole[node] = 0;
		this.escaped[node] = 0;
		this.begins[node] = begin;
		this.ends[node] = end;
		this.nameBegins[node] = -1;
		this.first[node] = NOTHING;
		this.last[node] = NOTHING;
		this.next[node] = NOTHING;
		this.letters[node] = 0;
		return node;
	}

	/** Appends `node` to the children of `container`. */
	append(container: number, node: number): void {
		const last = this.last[container]!;
		if (last === NOTHING) this.first[container] = node;
		else this.next[last] = node;
		this.last[container] = node;
	}

	/** Sets the member name of `node` in `object`. */
	name(object: number, node: number, begin: number, end: number, escaped: boolean): void {
		this.nameBegins[node] = begin;
		this.nameEnds[node] = end;
		this.nameEscaped[node] = escaped ? 1 : 0;
		this.letters[object]! |= escaped ? ALL_LETTERS : letterOf(end > begin ? this.bytes[begin]! : 0);
	}
}

const ALL_LETTERS = -1;

/** The bit for names that begin with this character; 0 for the empty name. */
export function letterOf(character: number): number {
	return 1 << (character & 31);
}
