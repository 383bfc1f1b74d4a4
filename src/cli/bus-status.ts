import { Command } from "commander";
import type { Bus } from "../bus/bus.ts";
import { type WorkerStatus, workerStatuses } from "../bus/life-sign.ts";
import { openNatsBus } from "../bus/nats-bus.ts";
import { type StreamStatus, streamStatuses } from "../bus/nats-setup.ts";
import { readPartitionCount } from "../bus/partition-count.ts";
import { textTable } from "../report/text-table.ts";
import { addBusFlag, type BusFlags } from "./bus-flags.ts";

interface Flags extends BusFlags {
	readonly json?: boolean;
}

interface PartitionStatus {
	readonly partition: number;
	readonly worker?: string;
	/** Batches published, and those that no worker has decided yet. */
	readonly last: number;
	readonly behind?: number;
}

interface BusStatus {
	readonly streams: readonly StreamStatus[];
	readonly partitions: readonly PartitionStatus[];
	readonly workers: readonly WorkerStatus[];
	readonly problems: readonly string[];
}

export function busStatusCommand(): Command {
	return addBusFlag(new Command("status"))
		.description("Shows streams, partitions and workers; exits with 1 if one of them needs attention.")
		.option("--json", "as JSON, for programs")
		.action(statusAction);
}

async function statusAction({ bus: address, json }: Flags): Promise<void> {
	await using bus = await openNatsBus(address, { failsAtFirst: true });
	const streams = await streamStatuses(bus);
	const workers = await workerStatuses(bus);
	const partitions = await partitionStatuses(bus, workers);
	const status: BusStatus = { streams, partitions, workers, problems: problemsOf(streams, partitions) };
	process.stdout.write(json ? `${JSON.stringify(status, null, "\t")}\n` : textOf(status));
	if (status.problems.length > 0) process.exitCode = 1;
}

async function partitionStatuses(bus: Bus, workers: readonly WorkerStatus[]): Promise<PartitionStatus[]> {
	const count = await readPartitionCount(bus);
	return Promise.all(
		Array.from({ length: count }, async (_, partition) => {
			const owner = workers.find(({ positions }) => positions[partition] !== undefined);
			const last = (await bus.last({ family: "flows", key: String(partition) }))?.sequence ?? 0;
			if (owner === undefined) return { partition, last };
			return { partition, worker: owner.worker, last, behind: Math.max(0, last - owner.positions[partition]!) };
		}),
	);
}

function problemsOf(streams: readonly StreamStatus[], partitions: readonly PartitionStatus[]): string[] {
	const leaderless = streams.filter(({ leader, replicas }) => replicas > 1 && leader === undefined);
	const incomplete = streams.filter(({ current, replicas }) => current < replicas);
	const unowned = partitions.filter(({ worker }) => worker === undefined);
	return [
		...leaderless.map(({ name }) => `${name} has no leader`),
		...incomplete.map(({ name, current, replicas }) => `${name}: ${current} of ${replicas} replicas are up to date`),
		...unowned.map(({ partition }) => `partition ${partition} has no worker`),
	];
}

function textOf({ streams, partitions, workers, problems }: BusStatus): string {
	const plain = (text: string) => text;
	const width = process.stdout.columns ?? 120;
	const right = { align: "right" } as const;
	const streamTable = textTable(
		[{ heading: "stream" }, { heading: "messages", ...right }, { heading: "bytes", ...right }, { heading: "leader" }],
		streams.map(({ name, messages, bytes, leader = "" }) => [name, String(messages), String(bytes), leader]),
		width,
		plain,
	);
	const partitionTable = textTable(
		[{ heading: "partition" }, { heading: "worker" }, { heading: "behind", ...right }],
		partitions.map(({ partition, worker = "none", behind }) => [String(partition), worker, String(behind ?? "")]),
		width,
		plain,
	);
	const sections = [streamTable, partitionTable, `${workers.length} workers`, ...problems.map((line) => `! ${line}`)];
	return `${sections.join("\n\n")}\n`;
}
