import { Worker } from "node:worker_threads";
import { siblingModule } from "../../bytes/sibling-module.ts";
import type { Ensemble } from "../ensemble.ts";
import { type BoostedOptions, trainBoosted } from "./train-boosted.ts";
import { rowsOf, sharedMatrix, type TrainingMatrix, trainingError } from "./training-matrix.ts";

/** One training of many on the same matrix: a fold, a seed, a choice of parameters. */
export interface BoostedJob {
	/** Rows to train on; all where absent. */
	readonly rows?: Uint32Array;
	readonly options: Partial<Omit<BoostedOptions, "onProgress">>;
}

/**
 * Trains several models, each in one thread, `threads` at a time: for many small ones that is faster than many threads
 * for one. Gives them in the order of the jobs, the same whatever `threads` is.
 */
export async function trainBoostedJobs(
	matrix: TrainingMatrix,
	jobs: readonly BoostedJob[],
	threads: number,
	onProgress?: (done: number, total: number) => void,
): Promise<Ensemble[]> {
	const ensembles: Ensemble[] = [];
	let next = 0;
	let done = 0;
	const runAll = async (run: (job: BoostedJob) => Promise<Ensemble>): Promise<void> => {
		try {
			while (next < jobs.length) {
				const at = next++;
				ensembles[at] = await run(jobs[at]!);
				onProgress?.(++done, jobs.length);
			}
		} catch (error) {
			next = jobs.length; // the others finish their current job and take no more
			throw error;
		}
	};
	const workers = Math.min(threads, jobs.length);
	if (workers <= 1) await runAll((job) => runJob(matrix, job));
	else {
		const shared = sharedMatrix(matrix);
		const ends = await Promise.allSettled(Array.from({ length: workers }, () => withWorker(shared, runAll)));
		for (const end of ends) if (end.status === "rejected") throw end.reason;
	}
	return ensembles;
}

export async function runJob(matrix: TrainingMatrix, { rows, options }: BoostedJob): Promise<Ensemble> {
	return trainBoosted(rows === undefined ? matrix : rowsOf(matrix, rows), options);
}

async function withWorker(
	matrix: TrainingMatrix,
	use: (run: (job: BoostedJob) => Promise<Ensemble>) => Promise<void>,
): Promise<void> {
	const worker = new Worker(siblingModule(import.meta.url, "boosted-job-worker"), { workerData: matrix });
	const failed = new Promise<never>((_, reject) => {
		worker.once("error", (error) => reject(trainingError((error as Error).message)));
	});
	failed.catch(() => {});
	try {
		await use((job) => {
			const answer = new Promise<Ensemble>((resolve) => worker.once("message", resolve));
			worker.postMessage(job);
			return Promise.race([answer, failed]);
		});
	} finally {
		await worker.terminate();
	}
}
