import { parentPort, workerData } from "node:worker_threads";
import { type BoostedJob, runJob } from "./train-boosted-jobs.ts";
import type { TrainingMatrix } from "./training-matrix.ts";

/** Trains what it is asked for, one model a message. What a job throws ends the thread, and the asker is told. */
parentPort!.on("message", async (job: BoostedJob) => {
	parentPort!.postMessage(await runJob(workerData as TrainingMatrix, job));
});
