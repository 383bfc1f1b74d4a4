import type { Bus, BusMessage } from "./bus.ts";
import type { WorkerCounters } from "./owned-partition.ts";

/** What a worker says of itself every second. */
export interface WorkerStatus {
	readonly worker: string;
	/** The last batch decided, by partition. */
	readonly positions: Readonly<Record<string, number>>;
	readonly counters: Partial<WorkerCounters>;
}

export function lifeSign(positions: ReadonlyMap<number, number>, counters: WorkerCounters): BusMessage {
	const status = { positions: Object.fromEntries(positions), counters };
	return { headers: { schema: "1" }, body: Buffer.from(JSON.stringify(status)) };
}

/** The workers that live. */
export async function workerStatuses(bus: Bus): Promise<WorkerStatus[]> {
	const workers = (await bus.keys("workers")).sort();
	const messages = await Promise.all(workers.map((key) => bus.last({ family: "workers", key })));
	return workers.flatMap((worker, k) => {
		const status = messages[k] && parsed(messages[k].body);
		return status ? [{ worker, ...status }] : [];
	});
}

function parsed(body: Uint8Array): Omit<WorkerStatus, "worker"> | undefined {
	try {
		const { positions = {}, counters = {} } = JSON.parse(Buffer.from(body).toString()) as Partial<WorkerStatus>;
		return { positions, counters };
	} catch {
		return undefined;
	}
}
