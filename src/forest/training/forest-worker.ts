import { parentPort, workerData } from "node:worker_threads";
import { ForestGrower, type ForestWork } from "./forest-tree.ts";

/** Grows one tree per message. */
const grower = new ForestGrower(workerData as ForestWork);

parentPort!.on("message", (t: number) => {
	const grown = grower.grow(t);
	parentPort!.postMessage(grown, [grown.outOfBag.buffer as ArrayBuffer]);
});
