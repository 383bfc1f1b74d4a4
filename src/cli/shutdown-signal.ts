/** What can be asked to finish what it has and end. */
export interface Stoppable {
	stop(): void;
}

/**
 * SIGINT and SIGTERM ask the work to finish what was received; a second signal ends the program at once,
 * as the shell would have it (128 + number).
 */
export class ShutdownSignal implements Disposable {
	readonly #abort = new AbortController();
	#current: Stoppable | undefined;
	readonly #onSignal = (_signal: NodeJS.Signals, number: number): void => {
		if (this.asked) process.exit(128 + number);
		this.#abort.abort();
		this.#current?.stop();
	};

	constructor() {
		process.on("SIGINT", this.#onSignal);
		process.on("SIGTERM", this.#onSignal);
	}

	/** Aborted by the first signal. */
	get signal(): AbortSignal {
		return this.#abort.signal;
	}

	/** Whether a signal came: no further input is to be opened. */
	get asked(): boolean {
		return this.signal.aborted;
	}

	/** The one work that a signal is to stop from now on. */
	watch(work: Stoppable): void {
		this.#current = work;
		if (this.asked) work.stop();
	}

	[Symbol.dispose](): void {
		process.off("SIGINT", this.#onSignal);
		process.off("SIGTERM", this.#onSignal);
	}
}
