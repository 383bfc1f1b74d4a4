import { Worker } from "node:worker_threads";
import { DeCryptoError } from "../bytes/error.ts";
import { siblingModule } from "../bytes/sibling-module.ts";
import { createInputCounters, createOutputSlots, INPUT, OUTPUT } from "./interface-counters.ts";
import type { Interface } from "./interface-specifier.ts";
import type { RecordInput } from "./record-input.ts";
import type { RecordOutput } from "./record-output.ts";
import type { ServedInterface } from "./service-report.ts";
import { SocketInput } from "./socket-input.ts";
import { SocketOutput } from "./socket-output.ts";
import { removeSocket, servicePath, socketDirectoryOf } from "./socket-path.ts";

export interface ServiceOptions {
	readonly inputs: readonly { readonly described: Interface; readonly input: RecordInput }[];
	readonly outputs: readonly { readonly described: Interface; readonly output: RecordOutput }[];
	readonly socketDirectory?: string;
}

/** A second is often enough for figures that people look at. */
const REFRESH_MS = 1000;

/**
 * A module's service interface, by which NEMEA's supervisor and `trap_stats` see its states and counters. It is served
 * by a thread of its own from when this resolves until it is disposed. Throws (code `failed`) where it cannot be.
 */
export async function openServiceInterface(options: ServiceOptions): Promise<AsyncDisposable> {
	const path = servicePath(socketDirectoryOf(options.socketDirectory), process.pid);
	const refreshed: (() => void)[] = [];
	const inputs = options.inputs.map(({ described, input }) => served(described, inputFigures(input, refreshed)));
	const outputs = options.outputs.map(({ described, output }) => served(described, outputFigures(output, refreshed)));
	const worker = new Worker(siblingModule(import.meta.url, "service-worker"), {
		execArgv: [],
		workerData: { path, interfaces: { inputs, outputs } },
	});
	const failure = await new Promise<string | undefined>((resolve, reject) => {
		worker.once("message", resolve);
		worker.once("error", reject);
	});
	if (failure !== undefined) throw new DeCryptoError("failed", failure, { path });
	const timer = setInterval(() => refreshed.forEach((refresh) => void refresh()), REFRESH_MS).unref();
	const removeOurs = () => removeSocket(path);
	process.on("exit", removeOurs);
	return {
		async [Symbol.asyncDispose]() {
			clearInterval(timer);
			process.off("exit", removeOurs);
			worker.postMessage(undefined);
			await new Promise<void>((resolve) => worker.once("exit", () => resolve()));
		},
	};
}

function served({ text, address }: Interface, counters: Float64Array): ServedInterface {
	const id =
		address.kind === "unix"
			? address.socketName
			: address.kind === "file"
				? address.path
				: address.kind === "blackhole"
					? ""
					: String(address.port);
	return { type: text[0]!, id, counters };
}

/** Sockets count in shared memory themselves; for files it is refreshed from their counters. */
function inputFigures(input: RecordInput, refreshed: (() => void)[]): Float64Array {
	if (input instanceof SocketInput) return input.slots;
	const figures = createInputCounters();
	figures[INPUT.CONNECTED] = 1;
	refreshed.push(() => {
		figures[INPUT.MESSAGES] = input.counters.flows;
	});
	return figures;
}

function outputFigures(output: RecordOutput, refreshed: (() => void)[]): Float64Array {
	if (output instanceof SocketOutput) return output.slots;
	const figures = createOutputSlots(0);
	refreshed.push(() => {
		figures[OUTPUT.SENT] = output.counters.sent;
		figures[OUTPUT.DROPPED] = output.counters.dropped;
		figures[OUTPUT.CONTAINERS] = output.counters.containers;
	});
	return figures;
}
