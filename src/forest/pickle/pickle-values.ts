/** A class or function that a pickle names, as `module.name`. Only the name is kept; nothing is loaded. */
export class PickleGlobal {
	readonly name: string;

	constructor(name: string) {
		this.name = name;
	}
}

/**
 * An object that a pickle tells Python to construct: the class or function, its arguments and its state. It stays a
 * description, which the reader of that class interprets; nothing is called.
 */
export class PickleObject {
	readonly made: string;
	readonly args: readonly unknown[];
	state: unknown = undefined;

	constructor(made: string, args: readonly unknown[]) {
		this.made = made;
		this.args = args;
	}
}

/** A tuple; lists are plain arrays. */
export class PickleTuple {
	readonly items: readonly unknown[];

	constructor(items: readonly unknown[]) {
		this.items = items;
	}
}

/** A dict as the pickle lists it: keys and values interleaved. A later key wins. */
export class PickleDict {
	readonly entries: unknown[] = [];

	get(key: string): unknown {
		for (let i = this.entries.length - 2; i >= 0; i -= 2) if (this.entries[i] === key) return this.entries[i + 1];
		return undefined;
	}
}
