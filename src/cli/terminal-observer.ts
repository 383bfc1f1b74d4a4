import type { SourceCounters } from "../bytes/counters.ts";
import type { RunFailure } from "../run/failure.ts";
import type { RunObserver } from "../run/run-observer.ts";
import type { Progress } from "./progress.ts";

/** Tells a run on standard error: a progress line on a terminal, and a line for each warning and failure unless it is quiet. */
export class TerminalObserver implements RunObserver {
	readonly #progress: Progress;
	readonly #quiet: boolean;

	constructor(progress: Progress, quiet: boolean) {
		this.#progress = progress;
		this.#quiet = quiet;
	}

	readonly warned = (line: string): void => {
		this.#progress.clear();
		if (!this.#quiet) console.error(`decrypto: ${line}`);
	};

	failed({ message }: RunFailure): void {
		this.warned(message);
	}

	inputOpened(name: string, counters: SourceCounters): void {
		this.#progress.follow(name, counters);
	}

	progressed(): void {
		this.#progress.tick();
	}

	beforeWrite(): void {
		this.#progress.clear();
	}

	inputEnded(): void {
		this.#progress.clear();
	}
}
