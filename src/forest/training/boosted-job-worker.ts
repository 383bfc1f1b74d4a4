import { parentPort, workerData } from "node:worker_threads";
import { type BoostedJob, runJob } from "./train-boosted-jobs.ts";
import type { TrainingMatrix } from "./training-matrix.ts";

/** Trains one model per message. An exception of a job ends the thread; the parent gets it as an error. */
parentPort!.on("message", async (job: BoostedJob) => {
	parentPort!.postMessage(await runJob(workerData as TrainingMatrix, job));
});
