import { createServer } from "node:net";
import { parentPort, workerData } from "node:worker_threads";

/** Serves a socket with a repeated stream from memory to any client: a sender with negligible cost. */
const { path, hello, containers, repetitions } = workerData as {
	path: string;
	hello: Uint8Array;
	containers: Uint8Array;
	repetitions: number;
};
const server = createServer((socket) => {
	socket.write(hello);
	for (let k = 0; k < repetitions; k++) socket.write(containers);
	socket.end(Buffer.from("0000000300000000000000000100000100", "hex"));
	server.close();
});
server.listen(path, () => parentPort!.postMessage("listening"));
