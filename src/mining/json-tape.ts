/** What stands at a place of the tape. */
export const NODE = { TEXT: 0, LITERAL: 1, ARRAY: 2, OBJECT: 3, CUT_NAME: 4 } as const;

/** No node. */
export const NOTHING = -1;

/**
 * The values of a text as numbers in columns, by node: a text is read into a tape that is there already, and what nobody
 * asks for never becomes an object. A tape holds one text at a time.
 */
export class JsonTape {
	bytes: Uint8Array = new Uint8Array(0);
	/** Where the bytes that were read end: a literal that ends there may be cut. */
	end = 0;
	/** One of {@link NODE}. */
	kinds = new Uint8Array(0);
	/** 1 where both ends were seen, for texts and containers. */
	whole = new Uint8Array(0);
	/** 1 for texts with an escape, and for nodes whose name has one. */
	escaped = new Uint8Array(0);
	nameEscaped = new Uint8Array(0);
	/** The bytes of texts and literals, and those of the node's name in the object it stands in; -1 where it has none. */
	begins = new Int32Array(0);
	ends = new Int32Array(0);
	nameBegins = new Int32Array(0);
	nameEnds = new Int32Array(0);
	/** Children of containers in their order, or {@link NOTHING}. */
	first = new Int32Array(0);
	last = new Int32Array(0);
	next = new Int32Array(0);
	/** For objects: a bit for the first letter of each member's name ({@link letterOf}), so that most absent ones are not looked for. */
	letters = new Int32Array(0);
	count = 0;

	/** Forgets the last text and makes room for the nodes of another: each takes a byte at least. */
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

	/** Makes `node` the last child of `container`. */
	append(container: number, node: number): void {
		const last = this.last[container]!;
		if (last === NOTHING) this.first[container] = node;
		else this.next[last] = node;
		this.last[container] = node;
	}

	/** Gives `node` its name in `object`. */
	name(object: number, node: number, begin: number, end: number, escaped: boolean): void {
		this.nameBegins[node] = begin;
		this.nameEnds[node] = end;
		this.nameEscaped[node] = escaped ? 1 : 0;
		this.letters[object]! |= escaped ? ALL_LETTERS : letterOf(end > begin ? this.bytes[begin]! : 0);
	}
}

const ALL_LETTERS = -1;

/** The bit of a name that begins with this character; 0 for the empty name. */
export function letterOf(character: number): number {
	return 1 << (character & 31);
}
