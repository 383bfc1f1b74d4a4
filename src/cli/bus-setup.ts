import { setTimeout as sleep } from "node:timers/promises";
import { Command } from "commander";
import { type NatsBus, openNatsBus } from "../bus/nats-bus.ts";
import { setUpBus } from "../bus/nats-setup.ts";
import { type BusLayout, DEFAULT_LAYOUT } from "../bus/nats-streams.ts";
import { UsageError } from "../bytes/error.ts";
import { addBusFlag, type BusFlags, mebibytes } from "./bus-flags.ts";
import { positiveInteger, seconds } from "./option-values.ts";

interface Flags extends BusFlags {
	readonly replicas: number;
	readonly partitions: number;
	readonly flowSpace: number;
	readonly sightingSpace: number;
	readonly patience: number;
}

const { replicas, partitions, flowBytes, sightingBytes } = DEFAULT_LAYOUT;
const RETRY_MS = 500;
const MIB = 2 ** 20;

export function busSetupCommand(): Command {
	return addBusFlag(new Command("setup"))
		.description("Creates the streams of the bus, or changes those that exist; what they hold stays.")
		.option("--replicas <n>", "copies of every message: 3 survives the loss of a server", positiveInteger, replicas)
		.option("--partitions <n>", "parts of the flows: at most so many workers share them", positiveInteger, partitions)
		.option("--flow-space <MiB>", "space for the flows of one partition, on each server", mebibytes, flowBytes)
		.option("--sighting-space <MiB>", "the same for sightings", mebibytes, sightingBytes)
		.option("--patience <s>", "wait this long for servers and their leader", seconds, 60)
		.action(setupAction);
}

async function setupAction(flags: Flags): Promise<void> {
	const layout: BusLayout = {
		replicas: flags.replicas,
		partitions: flags.partitions,
		flowBytes: flags.flowSpace,
		sightingBytes: flags.sightingSpace,
	};
	const deadline = performance.now() + flags.patience * 1000;
	await using bus = await untilItWorks(deadline, () => openNatsBus(flags.bus, { failsAtFirst: true }));
	await untilItWorks(deadline, () => setUpBus(bus, layout));
	tell(bus, layout);
}

/** Servers that were started a moment ago have no leader yet. */
async function untilItWorks<T>(deadline: number, attempt: () => Promise<T>): Promise<T> {
	for (;;) {
		try {
			return await attempt();
		} catch (error) {
			if (error instanceof UsageError || performance.now() > deadline) throw error;
			await sleep(RETRY_MS);
		}
	}
}

function tell({ name }: NatsBus, { partitions, replicas, flowBytes }: BusLayout): void {
	const space = (partitions * flowBytes) / MIB;
	console.log(`${name}: ${partitions} partitions, ${replicas} replicas, up to ${space} MiB of flows on each server`);
}
