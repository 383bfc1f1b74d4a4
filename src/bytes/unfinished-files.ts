import { rmSync } from "node:fs";
import { isMainThread } from "node:worker_threads";

/**
 * The temporary files of this thread that are not complete. They are removed when the process ends, also by a signal
 * that has no other handler. Module state, because there is one process.
 */
const unfinished = new Set<string>();

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

export function addUnfinished(path: string): void {
	if (unfinished.size === 0) watchForTheEnd();
	unfinished.add(path);
}

export function forgetUnfinished(path: string): void {
	if (unfinished.delete(path) && unfinished.size === 0) stopWatching();
}

function watchForTheEnd(): void {
	process.on("exit", removeAll);
	if (isMainThread) for (const signal of SIGNALS) process.on(signal, endBySignal);
}

function stopWatching(): void {
	process.off("exit", removeAll);
	for (const signal of SIGNALS) process.off(signal, endBySignal);
}

function removeAll(): void {
	for (const path of unfinished) rmSync(path, { force: true });
	unfinished.clear();
}

/** A listener disables the default action. If no other part of the program handles the signal, it is sent again. */
function endBySignal(signal: NodeJS.Signals): void {
	if (process.listenerCount(signal) > 1) return;
	removeAll();
	stopWatching();
	process.kill(process.pid, signal);
}
