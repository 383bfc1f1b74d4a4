import { type Component, HEALTHY, type Health } from "../bytes/component.ts";
import { reasonOf } from "../bytes/error.ts";
import { type Bus, LEASE_MS } from "./bus.ts";
import { Lease } from "./lease.ts";
import { lifeSign } from "./life-sign.ts";
import { OwnedPartition, type PartitionDetector, type WorkerCounters } from "./owned-partition.ts";

export interface WorkerOptions {
	/** The worker's name; every running worker has its own. */
	readonly worker: string;
	readonly partitions: number;
	/** A detector without memory, one for each partition taken. */
	readonly newDetector: () => PartitionDetector;
	readonly snapshotEveryMs?: number;
	readonly warn?: (line: string) => void;
}

const TICK_MS = LEASE_MS / 5;
const SNAPSHOT_MS = 60_000;

/**
 * Takes its share of the partitions and decides their flows. A worker that ends gives its partitions back; those of one that
 * is killed are free when their leases have run out.
 */
export class BusWorker implements Component {
	readonly name: string;
	readonly counters: WorkerCounters = {
		batches: 0,
		flows: 0,
		sightings: 0,
		malformedBatches: 0,
		malformedRecords: 0,
		missedBatches: 0,
		replayed: 0,
		snapshots: 0,
		snapshotBytes: 0,
		taken: 0,
		lost: 0,
	};
	readonly #bus: Bus;
	readonly #options: WorkerOptions;
	readonly #owned = new Map<number, OwnedPartition>();
	readonly #running: Promise<void>;
	#problem: string | undefined;
	#stopped = Promise.withResolvers<void>();
	#isStopped = false;

	constructor(bus: Bus, options: WorkerOptions) {
		this.name = options.worker;
		this.#bus = bus;
		this.#options = options;
		this.#running = this.#run();
	}

	/** The partitions that it works on, ascending. */
	get partitions(): number[] {
		return [...this.#owned.keys()].sort((a, b) => a - b);
	}

	/** The last batch decided of each of its partitions. */
	get positions(): ReadonlyMap<number, number> {
		return new Map([...this.#owned].map(([partition, { position }]) => [partition, position]));
	}

	health(): Health {
		return this.#problem === undefined ? HEALTHY : { state: "degraded", reason: this.#problem };
	}

	stop(): void {
		this.#isStopped = true;
		this.#stopped.resolve();
	}

	/** Resolves when it was stopped and has given back its partitions. */
	async ended(): Promise<void> {
		await this.#running;
	}

	async [Symbol.asyncDispose](): Promise<void> {
		this.stop();
		await this.#running;
	}

	async #run(): Promise<void> {
		while (!this.#isStopped) {
			try {
				await this.#tick();
				this.#problem = undefined;
			} catch (error) {
				this.#problem = reasonOf(error);
			}
			await this.#pause();
		}
		await Promise.all([...this.#owned.values()].map((owned) => this.#release(owned)));
		await this.#bus.trim({ family: "workers", key: this.name }, Number.MAX_SAFE_INTEGER).catch(() => {});
	}

	async #tick(): Promise<void> {
		await Promise.all([...this.#owned.values()].map((owned) => this.#renew(owned)));
		await this.#bus.append({ family: "workers", key: this.name }, lifeSign(this.positions, this.counters));
		const [workers, leased] = await Promise.all([this.#bus.keys("workers"), this.#bus.keys("leases")]);
		const share = Math.ceil(this.#options.partitions / Math.max(1, new Set([...workers, this.name]).size));
		const surplus = [...this.#owned.values()].slice(share);
		await Promise.all(surplus.map((owned) => this.#release(owned)));
		await this.#takeFree(share, new Set(leased.map(Number)));
	}

	/** Takes free partitions up to its share, beginning at a place of its own so that workers do not meet. */
	async #takeFree(share: number, leased: ReadonlySet<number>): Promise<void> {
		const { partitions } = this.#options;
		const first = Math.floor(Math.random() * partitions);
		for (let k = 0; k < partitions && this.#owned.size < share && !this.#isStopped; k++) {
			const partition = (first + k) % partitions;
			if (leased.has(partition) || this.#owned.has(partition)) continue;
			const lease = await Lease.take(this.#bus, partition, this.name);
			if (lease !== undefined) this.#begin(partition, lease);
		}
	}

	#begin(partition: number, lease: Lease): void {
		const { newDetector, snapshotEveryMs = SNAPSHOT_MS, warn = () => {} } = this.#options;
		const owned = new OwnedPartition({
			bus: this.#bus,
			partition,
			lease,
			detector: newDetector(),
			counters: this.counters,
			snapshotEveryMs,
			warn,
		});
		this.counters.taken++;
		this.#owned.set(partition, owned);
		void owned.ended.then(() => {
			if (this.#owned.get(partition) === owned) this.#owned.delete(partition);
		});
	}

	async #renew(owned: OwnedPartition): Promise<void> {
		if (!(await owned.lease.renew())) owned.stop();
	}

	/** The lease goes on while the last batch and the memory are stored. */
	async #release(owned: OwnedPartition): Promise<void> {
		const renewing = setInterval(() => void owned.lease.renew().catch(() => {}), TICK_MS);
		owned.stop();
		const isOurs = await owned.ended;
		clearInterval(renewing);
		if (isOurs) await owned.lease.giveBack().catch(() => {});
	}

	async #pause(): Promise<void> {
		let timer: NodeJS.Timeout | undefined;
		const pause = new Promise<void>((resolve) => {
			timer = setTimeout(resolve, TICK_MS);
		});
		await Promise.race([pause, this.#stopped.promise]);
		clearTimeout(timer);
	}
}
