import { fileURLToPath } from "node:url";
import { BusWorker } from "../bus/bus-worker.ts";
import { openNatsBus } from "../bus/nats-bus.ts";
import { readPartitionCount } from "../bus/partition-count.ts";
import { UsageError } from "../bytes/error.ts";
import { MutedLog } from "../bytes/muted-log.ts";
import { DEFAULT_CONVERSATIONS, DEFAULT_OPTIONS } from "../detect/options.ts";
import { Decider } from "../run/decider.ts";
import { type DetectorRecipe, makeDetector } from "../run/detector-recipe.ts";
import { ShutdownSignal } from "./shutdown-signal.ts";
import type { WorkFlags } from "./work-flags.ts";

const DEFAULT_MODEL = fileURLToPath(new URL("../../models/default.model", import.meta.url));

/** `decrypto work`, until it is told to end. */
export async function runWork(flags: WorkFlags): Promise<void> {
	const log = new MutedLog((line) => {
		if (!flags.quiet) console.error(`decrypto: ${line}`);
	});
	await using bus = await openNatsBus(flags.bus, { clientName: `worker ${flags.name}` });
	const partitions = await readPartitionCount(bus);
	const detector = makeDetector(recipeOf(flags, partitions));
	const worker = new BusWorker(bus, {
		worker: flags.name,
		partitions,
		newDetector: () => new Decider(detector, { wantsDissents: true }),
		snapshotEveryMs: flags.snapshotEvery * 1000,
		warn: (line) => log.warn("worker", line),
	});
	using shutdown = new ShutdownSignal();
	shutdown.watch(worker);
	await worker.ended();
	log.flush();
}

/** What one process remembers of conversations is divided among the partitions. */
function recipeOf(flags: WorkFlags, partitions: number): DetectorRecipe {
	if (flags.poolsDecide && flags.pools === undefined) throw new UsageError("--pools-decide needs a list: --pools FILE");
	const { size } = DEFAULT_CONVERSATIONS;
	return {
		model: flags.model ?? DEFAULT_MODEL,
		options: {
			...DEFAULT_OPTIONS,
			...(flags.mlThreshold !== undefined && { mlThreshold: flags.mlThreshold }),
			...(flags.dstThreshold !== undefined && { dstThreshold: flags.dstThreshold }),
			cache: flags.useDstCache ?? false,
			cacheSize: Math.ceil(DEFAULT_OPTIONS.cacheSize / partitions),
			...(flags.conversations && {
				conversations: { ...DEFAULT_CONVERSATIONS, size: Math.ceil(size / partitions) },
			}),
			...(flags.poolsDecide && { poolsDecide: true }),
		},
		...(flags.pools !== undefined && { pools: flags.pools }),
		...(flags.internal !== undefined && { internal: flags.internal }),
	};
}
