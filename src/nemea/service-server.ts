import { createServer, type Server, type Socket } from "node:net";
import { inContext } from "../bytes/error.ts";
import { type ServedInterfaces, serviceReport } from "./service-report.ts";
import { removeSocket, removeStaleSocket } from "./socket-path.ts";

/** Command, three bytes of padding, length (little-endian): requests and replies begin with it. */
const HEADER_LENGTH = 8;
const COMMAND = { GET: 10, SET: 11, REPLY: 12 } as const;
/** Idle timeout of clients. */
const PATIENCE_MS = 10_000;

/** Answers the supervisor and `trap_stats` on `trap-service_PID.sock`: each request for statistics with the report of the moment. */
export async function serveServiceSocket(path: string, interfaces: ServedInterfaces): Promise<Server> {
	await removeStaleSocket(path);
	const server = createServer((socket) => answer(socket, interfaces));
	await new Promise<void>((resolve, reject) => {
		server.once("error", (error) => reject(inContext(path, error)));
		server.listen(path, resolve);
	});
	server.on("close", () => removeSocket(path));
	return server;
}

function answer(socket: Socket, interfaces: ServedInterfaces): void {
	let waiting = Buffer.alloc(0);
	socket.setTimeout(PATIENCE_MS, () => socket.destroy());
	socket.on("error", () => socket.destroy());
	socket.on("data", (chunk: Buffer) => {
		waiting = Buffer.concat([waiting, chunk]);
		for (; waiting.length >= HEADER_LENGTH; waiting = waiting.subarray(HEADER_LENGTH)) {
			// Anything but a request without data is refused as the reference refuses it: by hanging up.
			if (waiting[0] !== COMMAND.GET || waiting.readUInt32LE(4) !== 0) return socket.destroy();
			socket.write(encodeReply(serviceReport(interfaces)));
		}
	});
}

/** Header and text, ended by a NUL that the length counts. */
export function encodeReply(report: string): Buffer {
	const length = Buffer.byteLength(report) + 1;
	const reply = Buffer.alloc(HEADER_LENGTH + length);
	reply[0] = COMMAND.REPLY;
	reply.writeUInt32LE(length, 4);
	reply.write(report, HEADER_LENGTH);
	return reply;
}
