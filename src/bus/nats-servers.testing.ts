import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type NatsBus, openNatsBus } from "./nats-bus.ts";
import { setUpBus } from "./nats-setup.ts";
import { type BusLayout, DEFAULT_LAYOUT } from "./nats-streams.ts";

/** Why tests with real servers are skipped, or false. */
export const withoutNats: string | false =
	spawnSync("nats-server", ["--version"]).status === 0
		? false
		: "nats-server is not installed (Debian: apt-get install nats-server)";

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
	const server = createServer().listen(0, "127.0.0.1");
	await once(server, "listening");
	const { port } = server.address() as { port: number };
	server.close();
	await once(server, "close");
	return port;
}

/** Real servers on loopback, alone or as one cluster. */
export class NatsServers implements AsyncDisposable {
	readonly ports: readonly number[];
	readonly #directory = mkdtempSync(join(tmpdir(), "decrypto-nats-"));
	readonly #processes: (ChildProcess | undefined)[] = [];

	private constructor(ports: readonly number[], clusterPorts: readonly number[]) {
		this.ports = ports;
		const routes = clusterPorts.map((port) => `nats-route://127.0.0.1:${port}`).join(",");
		for (const [k, port] of ports.entries()) {
			const cluster =
				ports.length === 1
					? ""
					: `cluster { name: test, listen: "127.0.0.1:${clusterPorts[k]}", routes: [${routes}], no_advertise: true }\n`;
			const store = `jetstream { store_dir: "${join(this.#directory, String(k))}" }\n`;
			writeFileSync(this.#config(k), `server_name: s${k}\nlisten: "127.0.0.1:${port}"\n${store}${cluster}`);
		}
	}

	static async start(count = 1): Promise<NatsServers> {
		const ports: number[] = [];
		for (let k = 0; k < 2 * count; k++) ports.push(await freePort());
		const servers = new NatsServers(ports.slice(0, count), ports.slice(count));
		for (let k = 0; k < count; k++) servers.start(k);
		return servers;
	}

	get address(): string {
		return `nats://${this.ports.map((port) => `127.0.0.1:${port}`).join(",")}`;
	}

	/** Starts server k, again where it ended. */
	start(k: number): void {
		this.#processes[k] = spawn("nats-server", ["-c", this.#config(k)], { stdio: "ignore" });
	}

	async kill(k: number): Promise<void> {
		const process = this.#processes[k];
		if (process === undefined || process.exitCode !== null || process.signalCode !== null) return;
		const exited = once(process, "exit");
		process.kill("SIGKILL");
		await exited;
	}

	signal(k: number, signal: NodeJS.Signals): void {
		this.#processes[k]?.kill(signal);
	}

	/** Seconds of processor time that the running servers have used, by Linux's counters of 100 ticks a second. */
	processorTime(): number {
		return this.#processes.reduce((sum, process) => {
			if (process?.pid === undefined) return sum;
			const fields = readFileSync(`/proc/${process.pid}/stat`, "utf8").split(") ")[1]!.split(" ");
			return sum + (Number(fields[11]) + Number(fields[12])) / 100;
		}, 0);
	}

	/** The server named so in a stream's status. */
	indexOf(name: string): number {
		return Number(name.slice(1));
	}

	/** A connection to a bus that is set up anew, without messages. A cluster needs a while until it has a leader. */
	async open(layout: Partial<BusLayout> = {}): Promise<NatsBus> {
		const bus = await openNatsBus(this.address);
		const whole = { ...DEFAULT_LAYOUT, replicas: this.ports.length, ...layout };
		for (let attempt = 0; ; attempt++) {
			try {
				for await (const name of bus.manager.streams.names()) await bus.manager.streams.delete(name);
				await setUpBus(bus, whole);
				return bus;
			} catch (error) {
				if (attempt === 60) throw error;
				await sleep(500);
			}
		}
	}

	async [Symbol.asyncDispose](): Promise<void> {
		for (let k = 0; k < this.ports.length; k++) await this.kill(k);
		rmSync(this.#directory, { recursive: true, force: true });
	}

	#config(k: number): string {
		return join(this.#directory, `${k}.conf`);
	}
}
