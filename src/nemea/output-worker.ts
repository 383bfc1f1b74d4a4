import { parentPort, workerData } from "node:worker_threads";
import { reasonOf } from "../bytes/error.ts";
import { OutputServer, type OutputServerOptions } from "./output-server.ts";

/** Messages from the sender's thread. */
export type OutputRequest =
	| { readonly kind: "hello"; readonly hello: Uint8Array }
	| { readonly kind: "container"; readonly bytes: Uint8Array; readonly messages: number }
	| { readonly kind: "close"; readonly patienceMs: number };

/** Messages to the sender's thread. */
export type OutputNotice =
	| { readonly kind: "listening" }
	| { readonly kind: "failed"; readonly message: string }
	/** A receiver came or went, or containers were released: the shared figures have changed. */
	| { readonly kind: "progress" }
	| { readonly kind: "closed" };

/** The thread that serves the socket of one output: receivers get their hello in time even if the sender is busy. */
const port = parentPort!;
const notify = (notice: OutputNotice): void => port.postMessage(notice);
const server = new OutputServer(workerData as OutputServerOptions, () => notify({ kind: "progress" }));

port.on("message", async (request: OutputRequest) => {
	if (request.kind === "hello") server.setHello(request.hello);
	else if (request.kind === "container") server.offer(request);
	else {
		const timer = setTimeout(() => server.cutOff(), request.patienceMs);
		await server.close();
		clearTimeout(timer);
		notify({ kind: "closed" });
		port.close();
	}
});

try {
	await server.listen();
	notify({ kind: "listening" });
} catch (error) {
	notify({ kind: "failed", message: reasonOf(error) });
	port.close();
}
