/** A listener that is replaced when its configuration changes. */
export class Listening<C, L extends AsyncDisposable> {
	readonly #open: (config: C) => Promise<L>;
	#current: { readonly config: C; readonly listener: L } | undefined;

	constructor(open: (config: C) => Promise<L>) {
		this.#open = open;
	}

	get listener(): L | undefined {
		return this.#current?.listener;
	}

	/** Undefined: listen no more. If the new one cannot be opened, the old one is opened again, and the error is thrown. */
	async use(config: C | undefined): Promise<void> {
		const before = this.#current;
		this.#current = undefined;
		await before?.listener[Symbol.asyncDispose]();
		try {
			this.#current = config && { config, listener: await this.#open(config) };
		} catch (error) {
			if (before !== undefined) this.#current = { config: before.config, listener: await this.#open(before.config) };
			throw error;
		}
	}
}
