import { parentPort, workerData } from "node:worker_threads";
import { DeCryptoError } from "../bytes/error.ts";
import { StoreEngine, type StoreOptions } from "./store-engine.ts";
import { FAULT_WORDS, faultOf } from "./store-fault.ts";
import type { StoreAnswer, StoreQuestion } from "./store-messages.ts";

const { path, options } = workerData as { readonly path: string; readonly options: StoreOptions };
const port = parentPort!;

/** How often what waits is written, and how often what is too old is deleted, in milliseconds. */
const CATCH_UP_EVERY = 1000;
const RETENTION_EVERY = 600_000;

try {
	const engine = new StoreEngine(path, options, Date.now());
	const timers = options.readOnly
		? []
		: [
				setInterval(() => engine.catchUp(Date.now()), CATCH_UP_EVERY),
				setInterval(() => engine.enforceRetention(Date.now()), RETENTION_EVERY),
			];
	port.on("message", ({ number, part, method, values }: StoreQuestion) => {
		answer(number, () => {
			if (method === "close") for (const timer of timers) clearInterval(timer);
			const target = (part === "engine" ? engine : engine[part]) as unknown as Record<
				string,
				(...all: unknown[]) => unknown
			>;
			return target[method]!(...values);
		});
		if (method === "close") port.close();
	});
	port.postMessage({ number: 0, value: engine.status() } satisfies StoreAnswer);
} catch (error) {
	port.postMessage({ number: 0, error: plain(error) } satisfies StoreAnswer);
	port.close();
}

function answer(number: number, ask: () => unknown): void {
	try {
		port.postMessage({ number, value: ask() } satisfies StoreAnswer);
	} catch (error) {
		port.postMessage({ number, error: plain(error) } satisfies StoreAnswer);
	}
}

/** Errors lose their class on the way between threads. */
function plain(error: unknown): NonNullable<StoreAnswer["error"]> {
	const fault = faultOf(error);
	if (fault !== undefined) return { code: `store-${fault}`, message: `${path}: ${FAULT_WORDS[fault]}` };
	if (error instanceof DeCryptoError) return { code: error.code, message: error.message };
	return { code: "failed", message: error instanceof Error ? error.message : String(error) };
}
