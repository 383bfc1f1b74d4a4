import { reasonOf } from "../bytes/error.ts";
import type { FlowColumns } from "../flow/flow-columns.ts";
import type { Dissent } from "../incident/sighting.ts";
import { type SightedBatch, sightingOf } from "../incident/sighting-of.ts";
import { type Bus, isConflict, type Log, type StoredMessage } from "./bus.ts";
import { CommitChain } from "./commit-chain.ts";
import { BatchDecoder } from "./flow-batch.ts";
import type { Lease } from "./lease.ts";
import { forgetMemories, loadMemory, storeMemory } from "./memory-snapshot.ts";
import type { SightingBatch } from "./sighting-message.ts";

/** The detector of one partition, with its memory. */
export interface PartitionDetector {
	decide(input: string, flows: FlowColumns): ReportedBatch;
	/** All that it remembers, as bytes that {@link load} of the same program version takes. */
	save(): Uint8Array;
	/** Returns false, and remembers nothing, where the bytes are of another version. */
	load(memory: Uint8Array): boolean;
}

/** A decided batch; `reported` are the positions of the flows to report. */
export interface ReportedBatch extends SightedBatch {
	readonly reported: Uint32Array;
	readonly dissents?: readonly Dissent[];
}

export interface WorkerCounters {
	batches: number;
	flows: number;
	sightings: number;
	/** Batches that could not be read, records that could not be used. */
	malformedBatches: number;
	malformedRecords: number;
	/** Batches that were gone before a worker came to them: too long without one. */
	missedBatches: number;
	/** Batches decided a second time after a change of owner, to rebuild the memory. */
	replayed: number;
	snapshots: number;
	snapshotBytes: number;
	/** Partitions taken, and those lost to others against our will. */
	taken: number;
	lost: number;
}

export interface OwnedOptions {
	readonly bus: Bus;
	readonly partition: number;
	readonly lease: Lease;
	readonly detector: PartitionDetector;
	readonly counters: WorkerCounters;
	readonly snapshotEveryMs: number;
	readonly warn: (line: string) => void;
}

/** A snapshot is made before this many bytes of flows wait for it: the log is bounded, and so is a replay. */
const SNAPSHOT_BYTES = 256 << 20;
/** Sightings in one message, each of some KiB: NATS takes 1 MiB. */
const MOST_SIGHTINGS = 100;

/** One partition that a worker owns: from its flows to committed sightings, until it is stopped or loses the lease. */
export class OwnedPartition {
	readonly partition: number;
	/** Resolves when the work has ended; true if the lease is still ours to give back. */
	readonly ended: Promise<boolean>;
	readonly #options: OwnedOptions;
	readonly #flows: Log;
	readonly #chain: CommitChain;
	readonly #decoder = new BatchDecoder();
	readonly #end = new AbortController();
	#decided = 0;
	#snapshotAt = performance.now();
	#bytesSince = 0;

	constructor(options: OwnedOptions) {
		const { bus, partition, lease } = options;
		this.partition = partition;
		this.#options = options;
		this.#flows = { family: "flows", key: String(partition) };
		this.#chain = new CommitChain(bus, partition, lease);
		this.ended = this.#run();
	}

	get lease(): Lease {
		return this.#options.lease;
	}

	/** The last batch that was decided. */
	get position(): number {
		return this.#decided;
	}

	/** Finishes the batch in hand, and stores the memory. */
	stop(): void {
		this.#end.abort();
	}

	async #run(): Promise<boolean> {
		const { bus, counters, warn, partition } = this.#options;
		try {
			await this.#chain.begin();
			await this.#restore();
			for await (const message of bus.read(this.#flows, this.#decided + 1, this.#end.signal)) {
				await this.#take(message);
				if (this.#end.signal.aborted) break;
			}
			if (this.#bytesSince > 0) await this.#snapshot();
			return this.lease.isHeld;
		} catch (error) {
			counters.lost++;
			warn(`partition ${partition}: ${isConflict(error) ? "another worker has taken over" : reasonOf(error)}`);
			return false;
		}
	}

	/** The memory of the owner before, and from where the flows must be decided again. */
	async #restore(): Promise<void> {
		const { bus, partition, detector, warn } = this.#options;
		const { progress } = this.#chain;
		const memory = await loadMemory(bus, partition, progress, this.#end.signal);
		if (memory !== undefined && detector.load(memory)) {
			this.#decided = progress.memoryPosition;
			return;
		}
		if (progress.memoryLast > 0 && !this.#end.signal.aborted)
			warn(`partition ${partition}: the memory cannot be read; it is built anew`);
		// What was trimmed is skipped; what is left is decided again, without being reported again.
		this.#decided = 0;
	}

	async #take(message: StoredMessage): Promise<void> {
		const { counters } = this.#options;
		const { sequence, body } = message;
		if (this.#decided > 0 && sequence > this.#decided + 1) counters.missedBatches += sequence - this.#decided - 1;
		const found = this.#decide(message);
		const { progress } = this.#chain;
		if (sequence <= progress.position) counters.replayed++;
		else if (found) await this.#commit(sequence, found);
		this.#decided = sequence;
		this.#bytesSince += body.length;
		const isDue = performance.now() - this.#snapshotAt >= this.#options.snapshotEveryMs;
		if (isDue || this.#bytesSince >= SNAPSHOT_BYTES) await this.#snapshot();
	}

	#decide(message: StoredMessage): SightingBatch | undefined {
		const { counters, detector, warn, partition } = this.#options;
		try {
			const { sensor, input, flows, malformed } = this.#decoder.decode(message);
			const batch = detector.decide(`${sensor}/${input}`, flows);
			counters.batches++;
			counters.flows += flows.length;
			counters.malformedRecords += malformed;
			const { reported, dissents = [] } = batch;
			if (reported.length === 0 && dissents.length === 0) return undefined;
			return { sightings: Array.from(reported, (i) => sightingOf(batch, i)), dissents };
		} catch (error) {
			counters.malformedBatches++;
			warn(`partition ${partition}: batch ${message.sequence}: ${reasonOf(error)}`);
			return undefined;
		}
	}

	/** Only the last message of a batch moves the position on. */
	async #commit(sequence: number, { sightings, dissents }: SightingBatch): Promise<void> {
		const { progress } = this.#chain;
		for (let at = 0; at === 0 || at < sightings.length; at += MOST_SIGHTINGS) {
			const isLast = at + MOST_SIGHTINGS >= sightings.length;
			const part = { sightings: sightings.slice(at, at + MOST_SIGHTINGS), dissents: isLast ? dissents : [] };
			await this.#chain.commit("sightings", isLast ? { ...progress, position: sequence } : progress, part);
		}
		this.#options.counters.sightings += sightings.length;
	}

	async #snapshot(): Promise<void> {
		const { bus, partition, detector, counters, warn } = this.#options;
		this.#snapshotAt = performance.now();
		try {
			const memory = detector.save();
			const [memoryFirst, memoryLast] = await storeMemory(bus, partition, memory);
			const position = Math.max(this.#decided, this.#chain.progress.position);
			await this.#chain.commit("snapshot", { position, memoryPosition: this.#decided, memoryFirst, memoryLast });
			counters.snapshots++;
			counters.snapshotBytes += memory.length;
			this.#bytesSince = 0;
			await forgetMemories(bus, partition, memoryFirst);
			await bus.trim(this.#flows, this.#decided + 1);
		} catch (error) {
			if (isConflict(error) || !this.lease.isHeld) throw error;
			warn(`partition ${partition}: no snapshot: ${reasonOf(error)}`);
		}
	}
}
