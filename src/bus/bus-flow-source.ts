import { countMalformed, createCounters } from "../bytes/counters.ts";
import { UsageError } from "../bytes/error.ts";
import type { FlowColumns } from "../flow/flow-columns.ts";
import type { FlowSource } from "../flow/flow-source.ts";
import type { Bus } from "./bus.ts";
import { parseBusAddress } from "./bus-address.ts";
import { BatchDecoder } from "./flow-batch.ts";
import { MergedLogs } from "./merged-logs.ts";
import { openNatsBus } from "./nats-bus.ts";
import { readPartitionCount } from "./partition-count.ts";

/** Opens `nats://HOST,HOST/flows`: the flows that a bus still has, then those to come. It takes nothing away from workers. */
export async function openBusFlows(address: string): Promise<FlowSource> {
	if (parseBusAddress(address).path !== "flows")
		throw new UsageError(`${address}: the flows of a bus are at nats://HOST/flows`);
	const bus = await openNatsBus(address, { failsAtFirst: true });
	try {
		return new BusFlowSource(bus, await readPartitionCount(bus));
	} catch (error) {
		await bus[Symbol.asyncDispose]();
		throw error;
	}
}

/** The flows of all partitions. Disposing of it closes the bus. */
export class BusFlowSource implements FlowSource {
	readonly name: string;
	readonly counters = createCounters();
	readonly #bus: Bus;
	readonly #logs: MergedLogs;
	readonly #decoder = new BatchDecoder();
	#firstIndex = 0;

	constructor(bus: Bus, partitions: number) {
		this.name = bus.name;
		this.#bus = bus;
		this.#logs = new MergedLogs(bus, "flows", partitions);
	}

	async *[Symbol.asyncIterator](): AsyncGenerator<FlowColumns> {
		for await (const message of this.#logs) {
			this.counters.bytesRead += message.body.length;
			let flows: FlowColumns;
			try {
				const batch = this.#decoder.decode(message);
				if (batch.malformed > 0) countMalformed(this.counters, "bus: record not readable", batch.malformed);
				flows = batch.flows;
			} catch {
				countMalformed(this.counters, "bus: batch not readable");
				continue;
			}
			this.counters.flows += flows.length;
			yield { ...flows, firstIndex: this.#firstIndex };
			this.#firstIndex += flows.length;
		}
		if (this.#logs.missed > 0) this.counters.warnings.push(`${this.name}: ${this.#logs.missed} batches were missed`);
	}

	stop(): void {
		this.#logs.stop();
	}

	async [Symbol.asyncDispose](): Promise<void> {
		this.stop();
		await this.#bus[Symbol.asyncDispose]();
	}
}
