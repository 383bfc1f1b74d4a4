import type { SourceCounters } from "../bytes/counters.ts";
import type { RunFailure } from "../run/failure.ts";
import type { RunObserver } from "../run/run-observer.ts";
import type { Progress } from "./progress.ts";
import { tell } from "./tell.ts";

/** Node.js cannot open a file by a name that is not UTF-8. */
const NOT_UTF8 = " (the name is not UTF-8: rename the file, or give its content to standard input)";

/** Tells a run on standard error: a progress line on a terminal, a line for each failure, and one for each warning unless it is quiet. */
export class TerminalObserver implements RunObserver {
	readonly #progress: Progress;
	readonly #quiet: boolean;

	constructor(progress: Progress, quiet: boolean) {
		this.#progress = progress;
		this.#quiet = quiet;
	}

	/** Messages quote file names and text of peers. */
	readonly warned = (line: string): void => {
		if (!this.#quiet) this.#tell(line);
	};

	/** A run that fails must say why, however quiet it is. */
	failed({ message }: RunFailure): void {
		this.#tell(message.includes("\ufffd") ? `${message}${NOT_UTF8}` : message);
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

	#tell(line: string): void {
		this.#progress.clear();
		tell(line.replaceAll("\n", " "));
	}
}
