import { createServer as createHttpServer, type Server as HttpServer } from "node:http";
import { type AddressInfo, connect, createServer, type Server } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { CONVERSATION } from "./self-test/conversation.ts";

/** An HTTP receiver of notifications in the `json` format that remembers when the first one about each host came. */
export class Inbox implements AsyncDisposable {
	readonly #server: HttpServer;
	/** By address of the host; milliseconds of `performance.now`. */
	readonly first = new Map<string, number>();

	private constructor() {
		this.#server = createHttpServer((request, response) => {
			let body = "";
			request.setEncoding("utf8").on("data", (text: string) => {
				body += text;
			});
			request.on("end", () => {
				const { incident } = JSON.parse(body) as { incident: { host: { address: string } } };
				if (!this.first.has(incident.host.address)) this.first.set(incident.host.address, performance.now());
				response.end();
			});
		});
	}

	static async open(): Promise<Inbox> {
		const inbox = new Inbox();
		await new Promise<void>((resolve) => inbox.#server.listen(0, "127.0.0.1", resolve));
		return inbox;
	}

	get url(): string {
		return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
	}

	async [Symbol.asyncDispose](): Promise<void> {
		this.#server.closeAllConnections();
		await new Promise((resolve) => this.#server.close(resolve));
	}
}

/** A pool on loopback that answers the first words of each miner, and keeps the connection. */
export async function openPool(): Promise<{ readonly server: Server; readonly port: number }> {
	const server = createServer((socket) => {
		socket.on("error", () => socket.destroy());
		socket.once("data", () => socket.write(CONVERSATION[1]!.text));
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	return { server, port: (server.address() as AddressInfo).port };
}

/** Logs in from another loopback address; resolves with the milliseconds from the login until the inbox has its host. */
export async function loginToNotification(host: string, port: number, inbox: Inbox): Promise<number> {
	const socket = connect({ host: "127.0.0.1", port, localAddress: host });
	await new Promise((resolve, reject) => socket.once("connect", resolve).once("error", reject));
	const begin = performance.now();
	socket.write(CONVERSATION[0]!.text);
	try {
		while (!inbox.first.has(host) && performance.now() - begin < 10_000) await sleep(2);
		return (inbox.first.get(host) ?? Number.POSITIVE_INFINITY) - begin;
	} finally {
		socket.destroy();
	}
}

/** Median and greatest. */
export function summary(times: readonly number[]): { readonly median: number; readonly worst: number } {
	const sorted = times.toSorted((a, b) => a - b);
	return { median: sorted[sorted.length >> 1]!, worst: sorted.at(-1)! };
}

/** What a daemon needs to watch the pool's port on loopback and tell the inbox. */
export function earlyConfiguration(port: number, inbox: Inbox) {
	return {
		inputs: [{ live: "lo", bpf: `tcp port ${port}` }],
		networks: { ours: ["127.1.0.0/16"] },
		receivers: [{ name: "inbox", http: inbox.url, format: "json" }],
	};
}
