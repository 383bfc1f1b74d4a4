import { Sharing } from "./sharing.ts";
import { SourceThread } from "./threaded-source.ts";

/** The threads that read beside this one. The first begins to load at once, the others when they are first needed. */
export class SourceThreads implements AsyncDisposable {
	readonly sharing = new Sharing();
	readonly first = new SourceThread();
	readonly #all = [this.first];
	readonly #count: number;

	/** `count` threads beside this one, at least one. */
	constructor(count: number) {
		this.#count = count;
	}

	all(): readonly SourceThread[] {
		while (this.#all.length < this.#count) this.#all.push(new SourceThread());
		return this.#all;
	}

	async [Symbol.asyncDispose](): Promise<void> {
		for (const thread of this.#all) await thread[Symbol.asyncDispose]();
	}
}
