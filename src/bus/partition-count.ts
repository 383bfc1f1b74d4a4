import { DeCryptoError } from "../bytes/error.ts";
import type { Bus } from "./bus.ts";

const LAYOUT = { family: "records", key: "layout" } as const;
const MOST_PARTITIONS = 1024;

/** How many partitions the bus was set up with. Throws (code `bus-setup`) if it was not. */
export async function readPartitionCount(bus: Bus): Promise<number> {
	const count = Number((await bus.last(LAYOUT))?.headers.partitions ?? 0);
	if (Number.isInteger(count) && count >= 1 && count <= MOST_PARTITIONS) return count;
	throw new DeCryptoError("bus-setup", `${bus.name}: the bus is not set up; run decrypto bus setup`);
}

export async function writePartitionCount(bus: Bus, partitions: number): Promise<void> {
	await bus.append(LAYOUT, { headers: { partitions: String(partitions) }, body: new Uint8Array(0) });
}
