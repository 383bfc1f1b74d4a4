/** A map that forgets the entry set longest ago when it is full. */
export class BoundedMap<V> {
	readonly #most: number;
	readonly #entries: Map<string, V>;
	/** Entries forgotten because the map was full. */
	forgotten = 0;

	constructor(most: number, entries: Iterable<readonly [string, V]> = []) {
		this.#most = most;
		this.#entries = new Map(entries);
	}

	get size(): number {
		return this.#entries.size;
	}

	get(key: string): V | undefined {
		return this.#entries.get(key);
	}

	has(key: string): boolean {
		return this.#entries.has(key);
	}

	set(key: string, value: V): void {
		this.#entries.delete(key);
		this.#entries.set(key, value);
		if (this.#entries.size <= this.#most) return;
		for (const oldest of this.#entries.keys()) {
			this.#entries.delete(oldest);
			this.forgotten++;
			return;
		}
	}

	delete(key: string): void {
		this.#entries.delete(key);
	}

	/** Oldest first. */
	entries(): [string, V][] {
		return [...this.#entries];
	}
}
