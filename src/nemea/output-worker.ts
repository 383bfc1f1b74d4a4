import { parentPort, workerData } from "node:worker_threads";
import { reasonOf } from "../bytes/error.ts";
import { OutputServer, type OutputServerOptions } from "./output-server.ts";

/** What the sender's thread asks of this one. */
export type OutputRequest =
	| { readonly kind: "hello"; readonly hello: Uint8Array }
	| { readonly kind: "container"; readonly bytes: Uint8Array; readonly messages: number }
	| { readonly kind: "close"; readonly patienceMs: number };

/** What it is told. */
export type OutputNotice =
	| { readonly kind: "listening" }
	| { readonly kind: "failed"; readonly message: string }
	/** A receiver came or went, or containers were released: the shared figures have changed. */
	| { readonly kind: "progress" }
	| { readonly kind: "closed" };

/** The thread that serves one output's socket, so that a hello is said in time whatever the sender is busy with. */
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
