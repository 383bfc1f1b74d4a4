/** A class or function that a pickle names, as `module.name`. It is a name and nothing else. */
export class PickleGlobal {
	readonly name: string;

	constructor(name: string) {
		this.name = name;
	}
}

/**
 * What a pickle asks Python to make: the class or function named, its arguments, and the state set afterwards. Here it
 * stays a description, for somebody who knows the class to read; nothing is called.
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

/** A dict as the pickle lists it: keys and values by turns. A later key wins. */
export class PickleDict {
	readonly entries: unknown[] = [];

	get(key: string): unknown {
		for (let i = this.entries.length - 2; i >= 0; i -= 2) if (this.entries[i] === key) return this.entries[i + 1];
		return undefined;
	}
}
