import { createSocket } from "node:dgram";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Log } from "../../bytes/log.ts";
import type { Incident } from "../../incident/incident.ts";
import { parseConfiguration } from "../configuration.ts";
import { Daemon } from "../daemon.ts";
import { obstaclesOf, problemsOf } from "../health.ts";
import { planDaemon } from "../plan.ts";
import type { Surroundings } from "../surroundings.ts";

/** A daemon of its own in a temporary directory, which listens on loopback only and notifies nobody. */
export interface PrivateDaemon extends AsyncDisposable {
	readonly inputs: readonly string[];
	/** Resolves with the host's incident when the input contributed to it. */
	incidentOf(host: string, input: string, signal: AbortSignal): Promise<Incident>;
}

export async function startPrivateDaemon(surroundings: Surroundings): Promise<PrivateDaemon> {
	const folder = mkdtempSync(join(tmpdir(), "decrypto-selftest-"));
	const captures = join(folder, "captures");
	mkdirSync(captures);
	const inputs = [`ipfix+udp://127.0.0.1:${await freeUdpPort()}`, `follow:${captures}`];
	const configuration = {
		inputs: [{ listen: inputs[0] }, { follow: captures }],
		threads: 1,
		store: { path: join(folder, "incidents.db") },
		web: "off",
		metrics: { listen: "off" },
		control: { socket: "off" },
		shutdown: { drain: "2s" },
	};
	const plan = planDaemon(parseConfiguration("self-test", JSON.stringify(configuration)), surroundings);
	const log = new Log(() => {}, { level: "error", format: "text" });
	const daemon = await Daemon.start(plan, { surroundings, log });
	while (obstaclesOf(daemon).length > 0 && problemsOf(daemon).length === 0) await sleep(20);
	return {
		inputs,
		async incidentOf(host, input, signal) {
			for (;;) {
				signal.throwIfAborted();
				const { incidents } = await daemon.store.find({ host: [host] });
				const found = incidents.find(({ inputs }) => inputs.includes(input));
				if (found !== undefined) return found;
				await sleep(50);
			}
		},
		async [Symbol.asyncDispose]() {
			await daemon.stop();
			rmSync(folder, { recursive: true, force: true });
		},
	};
}

function freeUdpPort(): Promise<number> {
	return new Promise((resolve, reject) => {
		const socket = createSocket("udp4");
		socket.once("error", reject);
		socket.bind(0, "127.0.0.1", () => {
			const { port } = socket.address();
			socket.close(() => resolve(port));
		});
	});
}
