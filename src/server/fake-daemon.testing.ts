import { Allowlist } from "../incident/allowlist.ts";
import type { AllowlistEntry } from "../incident/allowlist-schema.ts";
import { T0 } from "../incident/sighting.testing.ts";
import type { Sighting } from "../incident/sighting.ts";
import { IncidentTracker } from "../incident/tracker.ts";
import type { TestResult } from "../notify/delivery.ts";
import { createNotification } from "../notify/notification.ts";
import type { Sender } from "../notify/notification-format.ts";
import { IncidentStore } from "../store/incident-store.ts";
import type { DaemonStatus, ModelStatus } from "./api-types.ts";
import type { BlockTime, DaemonChange, DaemonView, Prober } from "./daemon-view.ts";

/** A daemon without inputs: a real tracker and a real store, and a clock that tests move. */
export class FakeDaemon implements DaemonView, AsyncDisposable {
	/** Milliseconds since the epoch; begins ten minutes after `T0`. */
	clock = T0 / 1000 + 600_000;
	readonly sender: Sender = { sensor: "sensor.example", version: "1.2.3", now: () => this.clock };
	readonly store: IncidentStore;
	readonly tested: (string | undefined)[] = [];
	reasons: string[] = [];
	prober?: Prober;
	#allowlist = new Allowlist([], 0);
	readonly #tracker = new IncidentTracker();
	readonly #listeners = new Set<(change: DaemonChange) => void>();
	readonly #entriesOfFile: readonly AllowlistEntry[];

	private constructor(store: IncidentStore, entriesOfFile: readonly AllowlistEntry[]) {
		this.store = store;
		this.#entriesOfFile = entriesOfFile;
	}

	static async open(path: string, entriesOfFile: readonly AllowlistEntry[] = []): Promise<FakeDaemon> {
		const daemon = new FakeDaemon(await IncidentStore.open(path), entriesOfFile);
		const { entries } = new Allowlist(entriesOfFile, daemon.clock);
		for (const { id, entry } of entries) {
			await daemon.store.ask("books", "putAllowlistEntry", id, "allow.yaml", entry, daemon.clock);
		}
		await daemon.allowlistChanged();
		return daemon;
	}

	/** Takes the sightings in, stores what follows and tells it. */
	async see(sightings: readonly Sighting[]): Promise<void> {
		for (const sighting of sightings) this.#tracker.add(sighting);
		this.#tracker.flush();
		await this.#settle();
	}

	status(): DaemonStatus {
		return {
			version: this.sender.version,
			started: T0,
			inputs: [
				{
					name: "live:eth0",
					kind: "live",
					health: { state: "degraded", reason: "the kernel drops packets" },
					flows: 1000,
					packets: 20_000,
					bytes: 3_000_000,
					flowsPerSecond: 12.5,
					bitsPerSecond: 1e6,
					drops: { kernel: 7 },
					malformed: { "short header": 1 },
					lag: 0.2,
					restarts: 0,
				},
			],
			pipelines: [{ input: "live:eth0", thread: 1, flows: 1000, miners: 3, utilisation: 0.4, health: { state: "ok" } }],
			receivers: [
				{
					name: "soc",
					kind: "syslog",
					format: "cef",
					health: { state: "ok" },
					delivered: 4,
					failures: 1,
					dropped: 0,
					expired: 0,
					waiting: 0,
				},
			],
			memory: { resident: 100e6, heap: 40e6 },
			eventLoopDelay: { mean: 0.5, p99: 3 },
			versions: { node: process.version },
			reload: { at: T0, ok: true, words: "nothing changed" },
			configuration: { file: "decrypto.yaml", text: "inputs: []\n" },
			problems: ["no pool list is loaded"],
		};
	}

	model(): ModelStatus | undefined {
		return {
			card: { name: "test model", origin: "decrypto train", notes: ["for tests"] },
			loaded: T0,
			trees: 10,
			features: [{ name: "PUSH_SHARE", importance: 1 }],
			thresholds: { ml: 0.8, dst: 0.5 },
		};
	}

	allowlist(): Allowlist {
		return this.#allowlist;
	}

	async allowlistChanged(): Promise<void> {
		const books = await this.store.ask("books", "allowlist");
		const made = books.filter(({ source }) => source === "api").map(({ entry }) => entry as AllowlistEntry);
		this.#allowlist = new Allowlist([...this.#entriesOfFile, ...made], this.clock);
		this.#tracker.setCoverage(this.#allowlist);
		await this.#settle();
		this.#tell({ type: "allowlist" });
	}

	async closeIncident(id: string, words: string): Promise<boolean> {
		const closed = this.#tracker.close(id, words);
		await this.#settle();
		return closed;
	}

	subscribe(listener: (change: DaemonChange) => void): () => void {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}

	async testReceivers(name?: string): Promise<readonly TestResult[]> {
		this.tested.push(name);
		return [{ receiver: "soc", delivered: false, reason: "connection refused" }];
	}

	readiness(): readonly string[] {
		return this.reasons;
	}

	blockTimes(coin: string, from: number, until: number): readonly BlockTime[] {
		return [{ at: (from + until) / 2, coin, height: 3_000_000 }];
	}

	async metrics() {
		return { contentType: "text/plain; version=0.0.4; charset=utf-8", body: "decrypto_up 1\n" };
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.store[Symbol.asyncDispose]();
	}

	async #settle(): Promise<void> {
		const output = this.#tracker.take();
		const outbox = output.events.map((event) => ({
			receiver: "soc",
			notification: createNotification(event),
			enqueuedAt: this.clock,
		}));
		await this.store.record({ ...output, outbox });
		for (const event of output.events) this.#tell({ type: "incident", event });
	}

	#tell(change: DaemonChange): void {
		for (const listener of this.#listeners) listener(change);
	}
}
