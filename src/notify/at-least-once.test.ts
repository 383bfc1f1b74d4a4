import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { createNotification } from "./notification.ts";
import { freePort, WorkFolder } from "./peers.testing.ts";
import { numberedEvent } from "./testing.ts";

/** Kills of the program and of its receiver in turns; the long form is `DECRYPTO_KILLS=100 node --test …`. */
const KILLS = Number(process.env.DECRYPTO_KILLS ?? 4);
const PROGRAM = new URL("./killed-program.testing.ts", import.meta.url).pathname;

/** Starting Node.js takes most of the test's time. */
const CACHE = join(tmpdir(), "decrypto-compile-cache");

/** A receiver that answers some requests with 500, and can be killed between any two bytes. */
class Receiver {
	/** The bodies of accepted requests by notification id. */
	readonly accepted = new Map<string, string[]>();
	readonly port: number;
	#server: Server | undefined;
	#requests = 0;

	constructor(port: number) {
		this.port = port;
	}

	async start(): Promise<void> {
		const server = createServer(async (request, response) => {
			const chunks: Buffer[] = [];
			try {
				for await (const chunk of request) chunks.push(chunk);
			} catch {
				return;
			}
			if (this.#requests++ % 7 === 3) return void response.writeHead(500).end();
			const body = Buffer.concat(chunks).toString();
			const { id } = JSON.parse(body) as { id: string };
			this.accepted.set(id, [...(this.accepted.get(id) ?? []), body]);
			response.end();
		});
		server.listen(this.port, "127.0.0.1");
		await new Promise((resolve) => server.once("listening", resolve));
		this.#server = server;
	}

	async kill(): Promise<void> {
		const server = this.#server;
		if (!server) return;
		this.#server = undefined;
		server.closeAllConnections();
		await new Promise((resolve) => server.close(resolve));
	}
}

/** Runs the program until it ends or is killed; returns the numbers of the events that it had made safe. */
function run(args: readonly string[], killAfterMs?: number): Promise<number[]> {
	const child = spawn(process.execPath, [PROGRAM, ...args], {
		stdio: ["ignore", "pipe", "inherit"],
		env: { ...process.env, NODE_COMPILE_CACHE: CACHE },
	});
	let printed = "";
	child.stdout.on("data", (bytes: Buffer) => {
		// The clock starts with the first event: starting Node.js takes longer than the rest.
		if (printed === "" && killAfterMs !== undefined) setTimeout(() => child.kill("SIGKILL"), killAfterMs);
		printed += bytes.toString();
	});
	return new Promise((resolve) => child.once("close", () => resolve(wholeNumbers(printed))));
}

/** Without a last line that the kill cut. */
function wholeNumbers(printed: string): number[] {
	return printed
		.slice(0, printed.lastIndexOf("\n") + 1)
		.trimEnd()
		.split("\n")
		.map(Number);
}

test(`no event is missing after ${KILLS} kills of program and receiver in turns`, async () => {
	using folder = new WorkFolder();
	const store = folder.join("incidents.db");
	const receiver = new Receiver(await freePort());
	const url = `http://127.0.0.1:${receiver.port}/`;
	const safe = new Set<number>();
	await receiver.start();
	for (let kill = 0; kill < KILLS; kill++) {
		const first = String(Math.max(0, ...safe) + 1);
		if (kill % 2 === 0) {
			for (const n of await run([store, url, first, "1000"], Math.random() * 300)) safe.add(n);
			continue;
		}
		const running = run([store, url, first, "1000"], 250);
		await new Promise((resolve) => setTimeout(resolve, 300 + Math.random() * 400));
		await receiver.kill();
		for (const n of await running) safe.add(n);
		await receiver.start();
	}
	for (const n of await run([store, url, String(Math.max(...safe) + 1), "5"])) safe.add(n);
	await receiver.kill();
	const missing = [...safe].filter((n) => !receiver.accepted.has(createNotification(numberedEvent(n)).id));
	assert.deepEqual(missing, []);
	let duplicates = 0;
	for (const [id, bodies] of receiver.accepted) {
		assert.equal(new Set(bodies).size, 1, `${id} came with different contents`);
		const { incident, sequence } = JSON.parse(bodies[0]!) as { incident: { id: string }; sequence: number };
		assert.equal(`${incident.id}-${sequence}`, id);
		duplicates += bodies.length - 1;
	}
	console.log(`${safe.size} events, ${duplicates} came more than once, none is missing`);
});
