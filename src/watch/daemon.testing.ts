import { createSocket } from "node:dgram";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Log } from "../bytes/log.ts";
import { readConfiguration } from "./configuration.ts";
import { Daemon } from "./daemon.ts";
import { obstaclesOf } from "./health.ts";
import { planDaemon } from "./plan.ts";
import type { Surroundings } from "./surroundings.ts";

export const DEFAULT_MODEL = fileURLToPath(new URL("../../models/default.model", import.meta.url));

/** A directory of a test, with a configuration file in it, and daemons that run by it. */
export class TestPlace implements AsyncDisposable {
	readonly folder = mkdtempSync(join(tmpdir(), "decrypto-watch-"));
	readonly file = join(this.folder, "decrypto.yaml");
	readonly lines: string[] = [];
	readonly stdout = new PassThrough();
	/** Milliseconds by which the clock is wrong. */
	clockShift = 0;
	#daemon: Daemon | undefined;

	path(name: string): string {
		return join(this.folder, name);
	}

	makeFolder(name: string): string {
		mkdirSync(this.path(name), { recursive: true });
		return this.path(name);
	}

	/** Writes the file, with quiet defaults for what a test does not configure. JSON is YAML. */
	configure(configuration: object): void {
		const quiet = {
			threads: 1,
			store: { path: this.path("incidents.db") },
			web: "off",
			metrics: { listen: "off" },
			control: { socket: "off" },
			shutdown: { drain: "5s" },
		};
		writeFileSync(this.file, JSON.stringify({ ...quiet, ...configuration }));
	}

	get surroundings(): Surroundings {
		return {
			environment: { STATE_DIRECTORY: this.folder, RUNTIME_DIRECTORY: this.folder },
			isRoot: false,
			stdout: this.stdout,
			version: "1.2.3",
			sensor: "sensor.example",
			defaultModel: DEFAULT_MODEL,
			now: () => Date.now() + this.clockShift,
		};
	}

	/** Starts a daemon, and waits until its inputs are open unless one of them cannot be. */
	async start(configuration: object): Promise<Daemon> {
		this.configure(configuration);
		const { surroundings } = this;
		const log = new Log((line) => this.lines.push(line), { level: "debug", format: "text" });
		const plan = planDaemon(readConfiguration(this.file), surroundings);
		const backoff = { first: 50, last: 200, forgetAfter: 60_000 };
		this.#daemon = await Daemon.start(plan, { surroundings, log, backoff });
		return this.#daemon;
	}

	async stop(): Promise<void> {
		await this.#daemon?.stop();
		this.#daemon = undefined;
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.stop();
		rmSync(this.folder, { recursive: true, force: true });
	}
}

/** Resolves when all inputs are open. */
export function ready(daemon: Daemon): Promise<void> {
	return until(() => obstaclesOf(daemon).length === 0, "the inputs are open");
}

/** Resolves when the condition holds; rejects, naming it, if it does not within the time. */
export async function until(
	condition: () => boolean | Promise<boolean>,
	what: string,
	milliseconds = 15_000,
): Promise<void> {
	const end = performance.now() + milliseconds;
	while (!(await condition())) {
		if (performance.now() > end) throw new Error(`it did not come true that ${what}`);
		await sleep(10);
	}
}

/** A UDP port of the loopback interface that nobody uses now. */
export function freePort(): Promise<number> {
	return new Promise((resolve, reject) => {
		const socket = createSocket("udp4");
		socket.once("error", reject);
		socket.bind(0, "127.0.0.1", () => {
			const { port } = socket.address();
			socket.close(() => resolve(port));
		});
	});
}
