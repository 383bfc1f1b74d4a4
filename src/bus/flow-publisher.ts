import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { type Component, HEALTHY, type Health } from "../bytes/component.ts";
import type { FlowColumns } from "../flow/flow-columns.ts";
import type { Bus } from "./bus.ts";
import { BatchEncoder, batchHeaders, type EncodedBatch } from "./flow-batch.ts";
import { type NetworkTest, Partitioner } from "./partition.ts";
import { PartitionLane } from "./partition-lane.ts";
import { createPublisherCounters } from "./publisher-counters.ts";
import type { Spool } from "./spool.ts";

export interface PublisherOptions {
	/** The sensor's name; every sensor has its own. */
	readonly sensor: string;
	readonly partitions: number;
	readonly isOurs?: NetworkTest;
	/** Where batches wait while the bus does not take them; absent: only in memory. */
	readonly spool?: Spool;
	/** Bytes of a batch before compression; for measurements. */
	readonly batchBytes?: number;
}

/** No flow waits longer for others to fill its batch, in ms. */
const FLUSH_MS = 500;
/** How long {@link FlowPublisher.close} waits for the bus before the rest goes to the spool, in ms. */
const CLOSE_MS = 10_000;

/** A sensor's way to the bus: flows in, batches by partition out. It never waits for the bus, unless it is asked to. */
export class FlowPublisher implements Component {
	readonly name: string;
	readonly counters = createPublisherCounters();
	readonly #options: PublisherOptions;
	readonly #partitioner: Partitioner;
	readonly #lanes: readonly PartitionLane[];
	readonly #encoders = new Map<string, BatchEncoder[]>();
	/** Distinguishes the batches of this run from those of earlier ones. */
	readonly #run = `${Date.now().toString(36)}${randomBytes(3).toString("hex")}`;
	readonly #timer: NodeJS.Timeout;
	#sequence = 0;

	constructor(bus: Bus, options: PublisherOptions) {
		const { partitions, isOurs, spool, sensor } = options;
		this.name = sensor;
		this.#options = options;
		this.#partitioner = new Partitioner(partitions, isOurs);
		this.#lanes = Array.from({ length: partitions }, (_, p) => new PartitionLane(bus, p, spool, this.counters));
		this.#timer = setInterval(() => this.flush(), FLUSH_MS);
	}

	/** Takes the flows of an input; the batch may be reused at once. */
	write(input: string, flows: FlowColumns): void {
		const encoders = this.#encodersOf(input);
		const now = seconds();
		this.#partitioner.sort(flows);
		for (let p = 0; p < encoders.length; p++) {
			const encoder = encoders[p]!;
			const before = encoder.tooLong;
			encoder.add(flows, this.#partitioner.positionsOf(p), now);
			this.counters.tooLong += encoder.tooLong - before;
		}
		this.counters.flows += flows.length;
	}

	/** Sends what waits for more flows. */
	flush(): void {
		const now = seconds();
		for (const encoders of this.#encoders.values())
			for (const encoder of encoders) if (!encoder.isEmpty) encoder.flush(now);
	}

	/** Resolves when memory has room for more: what an input that can wait asks for. */
	async room(): Promise<void> {
		while (!this.#lanes.every(({ hasRoom }) => hasRoom)) await sleep(5);
	}

	/** The input has ended. */
	end(input: string): void {
		const now = seconds();
		for (const encoder of this.#encoders.get(input) ?? []) if (!encoder.isEmpty) encoder.flush(now);
		this.#encoders.delete(input);
	}

	/** Batches that the bus has not confirmed. */
	get outstanding(): number {
		return this.#lanes.reduce((sum, { outstanding }) => sum + outstanding, 0);
	}

	health(): Health {
		const { droppedFlows } = this.counters;
		if (!this.#lanes.some(({ isFailing }) => isFailing)) return HEALTHY;
		const lost = droppedFlows > 0 ? `; ${droppedFlows} flows were dropped` : "";
		return { state: "degraded", reason: `the bus does not take batches: they wait in the spool${lost}` };
	}

	stop(): void {
		this.flush();
	}

	/** Sends all that waits. What the bus does not take within `patience` ms goes to the spool. */
	async close(patience: number = CLOSE_MS): Promise<void> {
		clearInterval(this.#timer);
		this.flush();
		const deadline = performance.now() + patience;
		while (this.outstanding > 0 && performance.now() < deadline) await sleep(10);
		for (const lane of this.#lanes) lane.end();
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.close(0);
	}

	#encodersOf(input: string): BatchEncoder[] {
		let encoders = this.#encoders.get(input);
		if (encoders === undefined) {
			encoders = this.#lanes.map((lane) => {
				const encoder: BatchEncoder = new BatchEncoder((batch) => {
					this.#put(lane, input, batch);
				}, this.#options.batchBytes);
				return encoder;
			});
			this.#encoders.set(input, encoders);
		}
		return encoders;
	}

	#put(lane: PartitionLane, input: string, batch: EncodedBatch): void {
		const { sensor } = this.#options;
		const id = `${sensor}:${this.#run}:${++this.#sequence}`;
		this.counters.batches++;
		this.counters.bytesBefore += batch.bytesBefore;
		this.counters.bytes += batch.body.length;
		lane.put({ headers: batchHeaders({ sensor, input }, batch, id), body: batch.body }, batch.flows);
	}
}

function seconds(): number {
	return Math.floor(Date.now() / 1000);
}
