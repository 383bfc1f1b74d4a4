import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Random } from "../random.ts";

/** One end of a connection: what a scripted client or server writes, and what it waits for. Times in seconds. */
export class Session {
	readonly socket: Socket;
	#unread: Buffer[] = [];
	#wake: (() => void) | undefined;
	#isClosed = false;

	constructor(socket: Socket) {
		this.socket = socket;
		socket.on("data", (chunk: Buffer) => {
			this.#unread.push(chunk);
			this.#wake?.();
		});
		socket.on("close", () => {
			this.#isClosed = true;
			this.#wake?.();
		});
		socket.on("error", () => undefined);
	}

	write(data: string | Uint8Array): void {
		if (!this.#isClosed) this.socket.write(data);
	}

	/** All that came since the last call; waits for the first bytes. Throws where the connection is closed. */
	async receive(): Promise<Buffer> {
		while (this.#unread.length === 0) {
			if (this.#isClosed) throw new ConnectionClosed();
			await new Promise<void>((resolve) => {
				this.#wake = resolve;
			});
		}
		return Buffer.concat(this.#unread.splice(0));
	}

	/** Writes a request and waits for the first bytes of the answer. */
	ask(request: string | Uint8Array): Promise<Buffer> {
		this.#unread.length = 0;
		this.write(request);
		return this.receive();
	}

	/** Throws away all that comes, until the connection closes. */
	async drain(): Promise<never> {
		for (;;) await this.receive();
	}

	/** Waits for this many seconds. Throws if the connection is closed then. */
	async pause(seconds: number): Promise<void> {
		await sleep(seconds * 1000);
		if (this.#isClosed) throw new ConnectionClosed();
	}

	/** Writes a message after each silence of the rhythm, until the connection closes. */
	async every(rhythm: () => number, message: () => string | Uint8Array): Promise<never> {
		for (;;) {
			await this.pause(rhythm());
			this.write(message());
		}
	}

	end(): void {
		this.socket.end();
	}
}

/** The ordinary end of a script: its connection is closed. */
export class ConnectionClosed extends Error {}

/** Seconds to the next event of a rhythm that is drawn once: a timer, a timer with some noise, or a Poisson process. */
export function drawRhythm(random: Random, shortest: number, longest: number): () => number {
	const pace = shortest * (longest / shortest) ** random.next();
	const noise = random.pick([0, 0, 0.02, 0.2]);
	if (random.chance(0.5)) return () => random.exponential(pace);
	return () => Math.max(0.01, pace * (1 + noise * random.normal(0, 1)));
}

/** Lengths of the messages of one kind: all alike, or varying by up to the given share. */
export function drawLength(random: Random, shortest: number, longest: number): () => number {
	const length = shortest * (longest / shortest) ** random.next();
	const variation = random.pick([0, 0, 0, 0.01, 0.1, 0.6]);
	return () => Math.max(1, Math.round(length * (1 + variation * random.uniform(-1, 1))));
}

/** That many printable characters. */
export function text(length: number): string {
	return "x".repeat(length);
}
