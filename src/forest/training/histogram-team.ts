import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { siblingModule } from "../../bytes/sibling-module.ts";
import { fillHistogram, type GrowingRows, type Histogram } from "./histogram.ts";
import type { HistogramPool } from "./histogram-pool.ts";
import { trainingError } from "./training-matrix.ts";

/** Words of the shared memory that synchronise the team; the features to count follow them. */
export const WORD = { TURN: 0, DONE: 1, BEGIN: 2, END: 3, SLOT: 4, LISTED: 5, QUIT: 6, FEATURES: 7 } as const;

export interface TeamMemory {
	readonly words: Int32Array;
	readonly members: number;
	readonly rows: GrowingRows;
	readonly histograms: SharedArrayBuffer;
}

/** Less work than this, in rows × features, is done before the others would have woken up. */
const ALONE = 100_000;
const PATIENCE_MS = 120_000;

/**
 * Threads that fill histograms together, each the features of its own share. They wait in `Atomics.wait` between turns:
 * a tree has a turn for each of its splits, too many and too short for messages.
 */
export class HistogramTeam implements AsyncDisposable {
	readonly #memory: TeamMemory;
	readonly #workers: readonly Worker[];
	#lost = false;

	private constructor(memory: TeamMemory, workers: readonly Worker[]) {
		this.#memory = memory;
		this.#workers = workers;
		for (const worker of workers) worker.once("error", () => this.#loseMember());
	}

	/** `threads` counts the caller's. */
	static async open(rows: GrowingRows, pool: HistogramPool, threads: number): Promise<HistogramTeam> {
		const words = new Int32Array(new SharedArrayBuffer(4 * (WORD.FEATURES + rows.matrix.features)));
		const memory = { words, members: threads, rows, histograms: pool.memory };
		const url = siblingModule(import.meta.url, "histogram-worker");
		const workers = Array.from(
			{ length: threads - 1 },
			(_, i) => new Worker(url, { workerData: { ...memory, member: i + 1 } }),
		);
		await Promise.all(workers.map((worker) => once(worker, "online")));
		return new HistogramTeam(memory, workers);
	}

	fill(histogram: Histogram, begin: number, end: number, listed: Int32Array): void {
		const { rows, words, members } = this.#memory;
		if (members === 1 || (end - begin) * listed.length < ALONE) {
			fillHistogram(histogram, rows, begin, end, listed, 0, listed.length);
			return;
		}
		words[WORD.DONE] = 0;
		words[WORD.BEGIN] = begin;
		words[WORD.END] = end;
		words[WORD.SLOT] = histogram.slot;
		words[WORD.LISTED] = listed.length;
		words.set(listed, WORD.FEATURES);
		Atomics.add(words, WORD.TURN, 1);
		Atomics.notify(words, WORD.TURN);
		const [first, last] = shareOf(listed.length, 0, members);
		fillHistogram(histogram, rows, begin, end, listed, first, last);
		for (let done = Atomics.load(words, WORD.DONE); done < members - 1; done = Atomics.load(words, WORD.DONE)) {
			if (this.#lost || Atomics.wait(words, WORD.DONE, done, PATIENCE_MS) === "timed-out") {
				throw trainingError("a thread of the team does not answer");
			}
		}
	}

	async [Symbol.asyncDispose](): Promise<void> {
		const { words } = this.#memory;
		Atomics.store(words, WORD.QUIT, 1);
		Atomics.add(words, WORD.TURN, 1);
		Atomics.notify(words, WORD.TURN);
		await Promise.all(this.#workers.map((worker) => worker.terminate()));
	}

	#loseMember(): void {
		this.#lost = true;
	}
}

/** Which of `total` features belong to a member. */
export function shareOf(total: number, member: number, members: number): [first: number, last: number] {
	return [Math.floor((total * member) / members), Math.floor((total * (member + 1)) / members)];
}
