import { setTimeout as sleep } from "node:timers/promises";
import type { Bus, BusMessage, Log } from "./bus.ts";
import type { PublisherCounters } from "./publisher-counters.ts";
import type { Spool, SpooledFile } from "./spool.ts";

/** Batches of one partition under way at a time: their answers take a network round trip. */
const UNDER_WAY = 8;
/** Bytes of one partition that wait in memory before the spool takes over. */
const MEMORY_BYTES = 1 << 20;
const RETRY_MS = 250;

interface Waiting {
	readonly message: BusMessage;
	readonly flows: number;
	readonly file?: SpooledFile;
}

/** The way of one partition's batches to the bus. One whose leader is lost does not delay the others. */
export class PartitionLane {
	readonly #bus: Bus;
	readonly #log: Log;
	readonly #partition: number;
	readonly #spool: Spool | undefined;
	readonly #counters: PublisherCounters;
	readonly #queue: Waiting[] = [];
	#queuedBytes = 0;
	#underWay = 0;
	#isFailing = false;
	#isEnding = false;

	constructor(bus: Bus, partition: number, spool: Spool | undefined, counters: PublisherCounters) {
		this.#bus = bus;
		this.#log = { family: "flows", key: String(partition) };
		this.#partition = partition;
		this.#spool = spool;
		this.#counters = counters;
		this.#send();
	}

	/** The bus does not take this partition's batches at the moment. */
	get isFailing(): boolean {
		return this.#isFailing;
	}

	/** Batches that the bus has not confirmed. */
	get outstanding(): number {
		return this.#queue.length + this.#underWay + (this.#spool?.waiting(this.#partition) ?? 0);
	}

	/** Whether a batch would wait in memory, not on disk. */
	get hasRoom(): boolean {
		return this.#queuedBytes < MEMORY_BYTES && (this.#spool?.waiting(this.#partition) ?? 0) === 0;
	}

	/** Takes a batch; never waits. What neither memory nor spool has room for is dropped and counted. */
	put(message: BusMessage, flows: number): void {
		if (this.hasRoom) this.#enqueue({ message, flows });
		else if (this.#spool?.put(this.#partition, message)) this.#counters.spooled++;
		else {
			this.#counters.droppedBatches++;
			this.#counters.droppedFlows += flows;
		}
		this.#send();
	}

	/** Nothing new is sent from now on; what waits in memory goes to the spool. */
	end(): void {
		this.#isEnding = true;
		for (const waiting of this.#queue.splice(0)) this.#keep(waiting);
		this.#queuedBytes = 0;
	}

	#enqueue(waiting: Waiting): void {
		this.#queue.push(waiting);
		this.#queuedBytes += waiting.message.body.length;
	}

	#send(): void {
		while (!this.#isEnding && this.#underWay < (this.#isFailing ? 1 : UNDER_WAY)) {
			const next = this.#next();
			if (next === undefined) return;
			this.#underWay++;
			void this.#deliver(next);
		}
	}

	#next(): Waiting | undefined {
		const queued = this.#queue.shift();
		if (queued !== undefined) {
			this.#queuedBytes -= queued.message.body.length;
			return queued;
		}
		const spooled = this.#spool?.take(this.#partition);
		return spooled && { message: spooled.message, flows: 0, file: spooled.file };
	}

	/** Delivers one batch, however often it must be sent: the bus knows it by its identifier. */
	async #deliver(waiting: Waiting): Promise<void> {
		const { message, file } = waiting;
		const { id } = message.headers;
		for (;;) {
			try {
				await this.#bus.append(this.#log, message, id === undefined ? {} : { id });
				this.#counters.accepted++;
				if (file) this.#spool?.remove(file);
				this.#isFailing = false;
				break;
			} catch {
				this.#isFailing = true;
				this.#counters.resent++;
				if (this.#isEnding) {
					this.#keep(waiting);
					break;
				}
				await sleep(RETRY_MS);
			}
		}
		this.#underWay--;
		this.#send();
	}

	#keep({ message, flows, file }: Waiting): void {
		if (file) this.#spool?.giveBack(this.#partition, file);
		else if (this.#spool?.put(this.#partition, message)) this.#counters.spooled++;
		else {
			this.#counters.droppedBatches++;
			this.#counters.droppedFlows += flows;
		}
	}
}
