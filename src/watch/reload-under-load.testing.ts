import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { columnsOfFlows } from "../flow/columns-of-flows.ts";
import type { FlowSink } from "../flow/flow-sink.ts";
import { DEFAULT_MODEL, type TestPlace } from "./daemon.testing.ts";
import { minerFlowOf, plainFlowOf } from "./flows.testing.ts";

/** A file that is written and read again while flows come. */
export interface ReloadStep {
	readonly name: string;
	readonly isInvalid?: true;
	write(): void;
}

/**
 * Reloads of every kind, each on top of `base`, in an order that also undoes them. The inputs of `base` stay in all valid
 * ones.
 */
export function reloadSteps(place: TestPlace, base: { readonly inputs: readonly object[] }): ReloadStep[] {
	const model = place.path("copy.model");
	const allow = place.path("allow.yaml");
	copyFileSync(DEFAULT_MODEL, model);
	writeFileSync(allow, "- { reason: course, owner: jd, hosts: [10.0.0.200] }\n");
	const other = place.makeFolder("other-captures");
	const archive = { name: "archive", file: place.path("archive.ndjson") };
	const second = { name: "second", file: place.path("second.ndjson") };
	const valid = (name: string, changes: object): ReloadStep => ({
		name,
		write: () => place.configure({ ...base, receivers: [archive], ...changes }),
	});
	const invalid = (name: string, text: string): ReloadStep => ({
		name,
		isInvalid: true,
		write: () => writeFileSync(place.file, text),
	});
	return [
		valid("a receiver is added", {}),
		valid("thresholds change", { detection: { shape_threshold: 0.95, name_threshold: 0.6 } }),
		invalid("a key is unknown", "inptus: []"),
		valid("another model", { detection: { model } }),
		valid("conversations", { detection: { conversations: true } }),
		invalid("the model is missing", "detection: { model: /nowhere/x.model }"),
		valid("the allowlist", { allowlist: [{ reason: "course", owner: "jd", hosts: ["10.0.0.250"] }] }),
		valid("a file of the allowlist", { allowlist_files: [allow] }),
		valid("an input is added", { inputs: [...base.inputs, { follow: other }] }),
		valid("an input changes", { inputs: [...base.inputs, { follow: other, bpf: "tcp" }] }),
		invalid("no YAML", "inputs: ["),
		valid("an input is removed", {}),
		valid("another receiver", { receivers: [second] }),
		valid("receivers change", { receivers: [{ ...second, format: "eve" }, archive] }),
		valid("networks", { networks: { ours: ["10.0.0.0/8"], names: { "10.0.0.0/8": "campus" } } }),
		valid("times of incidents", { incidents: { close_after: "2h", lateness: "1m" } }),
		valid("the log", { log: { level: "debug", format: "json" } }),
		valid("the address of metrics", { metrics: { listen: "127.0.0.1:0" } }),
		invalid("a duration is wrong", "incidents: { close_after: long }"),
		valid("the web UI", { web: { listen: "127.0.0.1:0" } }),
		valid("everything as it was", {}),
	];
}

/** Sends batches until stopped; `sent` counts flows. One in a hundred mines. */
export class Load implements AsyncDisposable {
	sent = 0;
	readonly #sink: FlowSink;
	readonly #perSecond: number;
	#isStopped = false;
	#done: Promise<void> = Promise.resolve();

	constructor(sink: FlowSink, perSecond: number) {
		this.#sink = sink;
		this.#perSecond = perSecond;
	}

	start(): void {
		this.#done = this.#run();
	}

	async stop(): Promise<void> {
		if (this.#isStopped) return;
		this.#isStopped = true;
		await this.#done;
		await this.#sink.close();
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.stop();
	}

	async #run(): Promise<void> {
		const began = performance.now();
		while (!this.#isStopped) {
			const due = Math.floor(((performance.now() - began) / 1000) * this.#perSecond) - this.sent;
			const flows = Array.from({ length: Math.min(due, 1000) }, (_, k) => {
				const number = this.sent + k;
				return number % 100 === 0
					? minerFlowOf((number / 100) % 50)
					: plainFlowOf(number % 250, 1024 + (number % 60_000));
			});
			if (flows.length > 0) await this.#sink.write(columnsOfFlows(flows));
			this.sent += flows.length;
			await sleep(20);
		}
	}
}

/** Inodes of the sockets that are bound to the port: another socket has another inode (proc(5)). */
export function socketsAt(port: number): string[] {
	const suffix = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
	return ["udp", "tcp"].flatMap((protocol) =>
		readFileSync(`/proc/self/net/${protocol}`, "utf8")
			.trim()
			.split("\n")
			.slice(1)
			.map((line) => line.trim().split(/\s+/))
			.filter(([, local, remote]) => local!.endsWith(suffix) && remote!.endsWith(":0000"))
			.map((fields) => `${protocol} ${fields[9]}`),
	);
}
