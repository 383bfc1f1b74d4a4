import { chmodSync, mkdirSync, rmSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { dirname } from "node:path";
import type { z } from "zod";
import { DeCryptoError, inContext, reasonOf } from "../bytes/error.ts";
import { describeIssue, flattenIssues } from "../bytes/schema-problems.ts";
import { type ControlAnswer, controlRequestSchema, LONGEST_REQUEST } from "./control-messages.ts";

export type ControlHandler = (request: z.output<typeof controlRequestSchema>) => Promise<unknown>;

const MOST_CLIENTS = 16;
const PATIENCE_MS = 60_000;

/** The Unix socket of `decrypto ctl`: only the daemon's user may connect. */
export class ControlSocket {
	readonly path: string;
	readonly #server: Server;
	readonly #clients = new Set<Socket>();

	/** Throws if another daemon listens there, or the socket cannot be made. A socket that nobody listens at is replaced. */
	static async open(path: string, handle: ControlHandler): Promise<ControlSocket> {
		try {
			mkdirSync(dirname(path), { recursive: true, mode: 0o750 });
			if (await isAnswered(path))
				throw new DeCryptoError("control", "another decrypto watch listens there; control.socket names another place");
			rmSync(path, { force: true });
			const control = new ControlSocket(path, handle);
			await control.#listen();
			return control;
		} catch (error) {
			throw inContext(`control socket ${path}`, error);
		}
	}

	private constructor(path: string, handle: ControlHandler) {
		this.path = path;
		this.#server = createServer((socket) => this.#serve(socket, handle));
		this.#server.maxConnections = MOST_CLIENTS;
	}

	async close(): Promise<void> {
		const end = new Promise((resolve) => this.#server.close(resolve));
		for (const client of this.#clients) client.destroy();
		await end;
	}

	/** The socket must not be open to others even for a moment: its mode follows the mask. */
	async #listen(): Promise<void> {
		const mask = process.umask(0o177);
		try {
			await new Promise<void>((resolve, reject) => {
				this.#server.once("error", reject);
				this.#server.listen(this.path, resolve);
			});
		} finally {
			process.umask(mask);
		}
		chmodSync(this.path, 0o600);
	}

	#serve(socket: Socket, handle: ControlHandler): void {
		let waiting = "";
		this.#clients.add(socket);
		socket.setTimeout(PATIENCE_MS, () => socket.destroy());
		socket.on("close", () => this.#clients.delete(socket));
		socket.on("error", () => socket.destroy());
		socket.setEncoding("utf8");
		socket.on("data", (text: string) => {
			waiting += text;
			if (waiting.length > LONGEST_REQUEST) socket.destroy();
			const lines = waiting.split("\n");
			waiting = lines.pop()!;
			for (const line of lines) void answer(line, handle).then((result) => socket.write(`${JSON.stringify(result)}\n`));
		});
	}
}

async function answer(line: string, handle: ControlHandler): Promise<ControlAnswer> {
	try {
		const value: unknown = JSON.parse(line);
		const { success, data, error } = controlRequestSchema.safeParse(value);
		if (success) return { result: (await handle(data)) ?? null };
		const problems = flattenIssues(error.issues).flatMap((issue) => describeIssue(issue, value, controlRequestSchema));
		return { error: problems.map(({ message }) => message).join("; ") };
	} catch (error) {
		return { error: reasonOf(error) };
	}
}

function isAnswered(path: string): Promise<boolean> {
	return new Promise((resolve) => {
		const socket = connect(path);
		socket.once("connect", () => {
			socket.destroy();
			resolve(true);
		});
		socket.once("error", () => resolve(false));
	});
}
