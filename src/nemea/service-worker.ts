import { parentPort, workerData } from "node:worker_threads";
import { reasonOf } from "../bytes/error.ts";
import type { ServedInterfaces } from "./service-report.ts";
import { serveServiceSocket } from "./service-server.ts";

/** The thread that answers the service socket even if the module is busy. Any message ends it. */
const { path, interfaces } = workerData as { path: string; interfaces: ServedInterfaces };
const port = parentPort!;
try {
	const server = await serveServiceSocket(path, interfaces);
	port.postMessage(undefined);
	port.once("message", () => {
		server.close();
		port.close();
	});
} catch (error) {
	port.postMessage(reasonOf(error));
	port.close();
}
