import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import type { AppendOptions, Bus, BusMessage, Log } from "../src/bus/bus.ts";
import { FlowPublisher } from "../src/bus/flow-publisher.ts";
import { workerStatuses } from "../src/bus/life-sign.ts";
import type { NatsBus } from "../src/bus/nats-bus.ts";
import { NatsServers } from "../src/bus/nats-servers.testing.ts";
import { streamStatuses } from "../src/bus/nats-setup.ts";
import { Spool } from "../src/bus/spool.ts";
import { FlowAccumulator } from "../src/flow/flow-accumulator.ts";
import type { FlowColumns } from "../src/flow/flow-columns.ts";
import type { IncidentEvent } from "../src/incident/incident.ts";
import { IncidentStore } from "../src/store/incident-store.ts";
import { essence, flowsOf, incidentsHere } from "./bus-pipeline.ts";

/** What happens to a running system of three servers, two workers, a sensor and a watch. */
export const FAULTS = [
	"kill a leader",
	"kill a follower",
	"kill a worker",
	"kill the sensor",
	"kill the watch",
	"kill a server and a worker",
	"stop a server for 10 s",
	"stop a worker for 10 s",
] as const;
export type Fault = (typeof FAULTS)[number];

export interface FaultOutcome {
	/** Batches that the bus confirmed to the sensor, and those of them that its logs do not have. */
	readonly accepted: number;
	readonly lost: number;
	/** Incidents that one process finds, and those that differ or lack here. */
	readonly incidents: number;
	readonly wrongIncidents: number;
	/** How the incidents differ, for people. */
	readonly differences: readonly string[];
	/** Events that were printed twice, and events that the store lacks. */
	readonly repeatedEvents: number;
	readonly missingEvents: number;
	/** The longest time that a batch waited for its confirmation, in ms. */
	readonly longestPublish: number;
	/** The longest time that partitions were without a living worker after the fault, in ms. */
	readonly longestUnowned: number;
	/** The most that the spool held, in bytes. */
	readonly spooled: number;
}

const SAMPLES = join(import.meta.dirname, "../samples");
const FILES = readdirSync(SAMPLES)
	.filter((name) => name.includes(".pcap"))
	.map((name) => join(SAMPLES, name));
const PARTITIONS = 4;
/** The flows of the samples come over so long, and the fault within it, in ms. */
const FLOW_MS = 8000;
/** The samples' ten minutes pass in seconds here, and with them the time that a batch may come late, in s. */
const LATENESS = "3600";
const STOP_MS = 10_000;
/** All that was published is decided within this time after it, in ms. */
const PATIENCE_MS = 60_000;

/** Runs one fault at a moment that `moment` (0 … 1) chooses. */
export async function runFault(fault: Fault, moment: number): Promise<FaultOutcome> {
	await using system = await FaultSystem.start();
	return await system.run(fault, moment);
}

class FaultSystem implements AsyncDisposable {
	readonly #servers: NatsServers;
	readonly #bus: NatsBus;
	readonly #directory = mkdtempSync(join(tmpdir(), "decrypto-fault-"));
	readonly #workers: ChildProcess[] = [];
	#watch: ChildProcess;
	#waits = new Map<string, number>();
	#longestPublish = 0;
	/** Identifier and sequence of every event that a watch printed. */
	readonly #printed: string[] = [];

	private constructor(servers: NatsServers, bus: NatsBus) {
		this.#servers = servers;
		this.#bus = bus;
		for (const name of ["w0", "w1"]) this.#workers.push(this.#startWorker(name));
		this.#watch = this.#startWatch();
	}

	static async start(): Promise<FaultSystem> {
		const servers = await NatsServers.start(3);
		const system = new FaultSystem(servers, await servers.open({ partitions: PARTITIONS }));
		await system.#owned();
		return system;
	}

	async run(fault: Fault, moment: number): Promise<FaultOutcome> {
		const expected = await incidentsHere(FILES);
		const spool = new Spool(join(this.#directory, "spool"), 64 << 20);
		await using publisher = new FlowPublisher(this.#timed(), { sensor: "s1", partitions: PARTITIONS, spool });
		let spooled = 0;
		const flows = await allFlows();
		const striking = sleep(moment * FLOW_MS).then(() => this.#strike(fault));
		for (const [k, { input, columns }] of flows.entries()) {
			publisher.write(input, columns);
			publisher.flush();
			spooled = Math.max(spooled, spool.bytes);
			if (k % 2 === 0) await sleep((2 * FLOW_MS) / flows.length);
		}
		const longestUnowned = await striking;
		await publisher.close(PATIENCE_MS);
		const { accepted, batches } = publisher.counters;
		const stored = await this.#decided();
		const { incidents, missingEvents } = await this.#incidents();
		const names = [...expected.keys()].filter((id) => !isDeepStrictEqual(incidents.get(id), expected.get(id)));
		return {
			accepted,
			lost: Math.max(0, batches - stored),
			incidents: expected.size,
			differences: names.map((id) => difference(incidents.get(id), expected.get(id))),
			wrongIncidents: names.length + [...incidents.keys()].filter((id) => !expected.has(id)).length,
			repeatedEvents: this.#printed.length - new Set(this.#printed).size,
			missingEvents,
			longestPublish: this.#longestPublish,
			longestUnowned,
			spooled,
		};
	}

	async [Symbol.asyncDispose](): Promise<void> {
		for (const child of [...this.#workers, this.#watch]) await kill(child);
		await this.#bus[Symbol.asyncDispose]();
		await this.#servers[Symbol.asyncDispose]();
		rmSync(this.#directory, { recursive: true, force: true });
	}

	/** Does the harm, and undoes it where that is part of the fault. Returns how long partitions had no living worker, in ms. */
	async #strike(fault: Fault): Promise<number> {
		switch (fault) {
			case "kill a leader":
				return this.#killServer(await this.#leader());
			case "kill a follower":
				return this.#killServer(((await this.#leader()) + 1) % 3);
			case "kill a worker":
				return this.#killWorker();
			case "kill a server and a worker":
				await this.#killServer(await this.#leader());
				return this.#killWorker();
			case "kill the sensor":
				await this.#killSensor();
				return 0;
			case "kill the watch":
				await kill(this.#watch);
				this.#watch = this.#startWatch();
				return 0;
			case "stop a server for 10 s": {
				const server = await this.#leader();
				this.#servers.signal(server, "SIGSTOP");
				await sleep(STOP_MS);
				this.#servers.signal(server, "SIGCONT");
				return 0;
			}
			case "stop a worker for 10 s": {
				this.#workers[0]!.kill("SIGSTOP");
				const unowned = await this.#owned("w0");
				await sleep(Math.max(0, STOP_MS - unowned));
				this.#workers[0]!.kill("SIGCONT");
				return unowned;
			}
		}
	}

	async #killServer(server: number): Promise<number> {
		await this.#servers.kill(server);
		return 0;
	}

	async #killWorker(): Promise<number> {
		await kill(this.#workers[0]!);
		return this.#owned("w0");
	}

	/** A second sensor with the same flows is killed while it publishes, and run again to its end. */
	async #killSensor(): Promise<void> {
		const sense = () => this.#run(["sense", ...FILES, "--name", "s2", "--spool", join(this.#directory, "spool-2")]);
		const first = sense();
		await sleep(300 + 600 * Math.random());
		await kill(first);
		await once(sense(), "exit");
	}

	async #leader(): Promise<number> {
		const [first] = await streamStatuses(this.#bus);
		return this.#servers.indexOf(first?.leader ?? "s0");
	}

	/** Waits until every partition has a worker other than `dead`; returns how long that took, in ms. */
	async #owned(dead?: string): Promise<number> {
		const begin = performance.now();
		for (;;) {
			const statuses = await workerStatuses(this.#bus).catch(() => []);
			const living = statuses.filter(({ worker }) => worker !== dead);
			const owned = new Set(living.flatMap(({ positions }) => Object.keys(positions)));
			if (owned.size === PARTITIONS) return performance.now() - begin;
			if (performance.now() - begin > PATIENCE_MS) return Number.POSITIVE_INFINITY;
			await sleep(100);
		}
	}

	/** Waits until all that the logs have is decided; returns the number of batches ever stored. */
	async #decided(): Promise<number> {
		const deadline = performance.now() + PATIENCE_MS;
		for (;;) {
			try {
				const last = await this.#lastSequences();
				const statuses = await workerStatuses(this.#bus);
				const isDone = last.every((sequence, p) => statuses.some(({ positions }) => (positions[p] ?? -1) >= sequence));
				if (isDone || performance.now() > deadline) return last.reduce((sum, sequence) => sum + sequence, 0);
			} catch (error) {
				if (performance.now() > deadline) throw error;
			}
			await sleep(200);
		}
	}

	/** Of empty logs, the streams' own last sequences count: what was trimmed was there. */
	#lastSequences(): Promise<number[]> {
		return Promise.all(
			Array.from({ length: PARTITIONS }, async (_, p) => {
				const { state } = await this.#bus.manager.streams.info(`decrypto-flows-${p}`);
				return state.last_seq;
			}),
		);
	}

	/** What the watch has made of it, after it was told to end and another has read the rest. */
	async #incidents(): Promise<{ incidents: Map<string, object>; missingEvents: number }> {
		const ended = once(this.#watch, "exit");
		this.#watch.kill("SIGTERM");
		await ended;
		this.#watch = this.#startWatch("--once");
		await once(this.#watch, "exit");
		await using store = await IncidentStore.open(this.#state);
		const { incidents } = await store.find({ limit: 1000 });
		let missingEvents = 0;
		for (const { id, sequence } of incidents) {
			missingEvents += sequence - (await store.ask("details", "events", id)).length;
		}
		return { incidents: new Map(incidents.map((incident) => [incident.id, essence(incident)])), missingEvents };
	}

	/** The bus, with a watch on how long batches wait for their confirmation. */
	#timed(): Bus {
		const bus = this.#bus;
		const append = async (log: Log, message: BusMessage, options: AppendOptions = {}): Promise<number> => {
			const id = options.id ?? "";
			if (!this.#waits.has(id)) this.#waits.set(id, performance.now());
			const sequence = await bus.append(log, message, options);
			this.#longestPublish = Math.max(this.#longestPublish, performance.now() - this.#waits.get(id)!);
			return sequence;
		};
		return new Proxy(bus, { get: (target, name) => (name === "append" ? append : Reflect.get(target, name, target)) });
	}

	#startWorker(name: string): ChildProcess {
		return this.#run(["work", "--name", name, "--snapshot-every", "2"]);
	}

	get #state(): string {
		return join(this.#directory, "incidents.sqlite");
	}

	#startWatch(...more: string[]): ChildProcess {
		const watch = this.#run(["bus", "incidents", "--state", this.#state, "--lateness", LATENESS, ...more]);
		createInterface({ input: watch.stdout! }).on("line", (line) => {
			const { incident, sequence } = JSON.parse(line) as IncidentEvent;
			this.#printed.push(`${incident.id}:${sequence}`);
		});
		return watch;
	}

	#run(args: readonly string[]): ChildProcess {
		const program = join(import.meta.dirname, "../src/cli/decrypto.ts");
		const stdio = ["ignore", "pipe", "ignore"] as const;
		return spawn(process.execPath, [program, ...args, "--bus", this.#servers.address], { stdio: [...stdio] });
	}
}

async function kill(child: ChildProcess): Promise<void> {
	if (child.exitCode !== null || child.signalCode !== null) return;
	const exited = once(child, "exit");
	child.kill("SIGKILL");
	await exited;
}

/** Every flow of the samples in a batch of its own. */
async function allFlows(): Promise<{ input: string; columns: FlowColumns }[]> {
	const all: { input: string; columns: FlowColumns }[] = [];
	for (const input of FILES) {
		for await (const flows of flowsOf(input)) {
			for (let i = 0; i < flows.length; i++) {
				const one = new FlowAccumulator(flows, i);
				one.append(flows, i);
				all.push({ input, columns: one.columns() });
			}
		}
	}
	return all;
}

function difference(found: object | undefined, expected: object | undefined): string {
	const [a, b] = [found ?? {}, expected ?? {}] as [Record<string, unknown>, Record<string, unknown>];
	const differing = [...new Set([...Object.keys(a), ...Object.keys(b)])].filter(
		(key) => !isDeepStrictEqual(a[key], b[key]),
	);
	return differing.map((key) => `${key}: ${JSON.stringify(a[key])} instead of ${JSON.stringify(b[key])}`).join("; ");
}
