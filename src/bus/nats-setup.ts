import { JetStreamApiCodes, JetStreamApiError, type StreamConfig, type StreamInfo } from "@nats-io/jetstream";
import { reasonOf, UsageError } from "../bytes/error.ts";
import { busFailure } from "./bus.ts";
import type { NatsBus } from "./nats-bus.ts";
import { type BusLayout, streamConfigs, streamOf } from "./nats-streams.ts";
import { readPartitionCount, writePartitionCount } from "./partition-count.ts";

/** The state of one stream of the bus, for people and programs. */
export interface StreamStatus {
	readonly name: string;
	readonly messages: number;
	readonly bytes: number;
	readonly replicas: number;
	/** The server that leads; absent during an election. */
	readonly leader?: string;
	/** Replicas that are up to date, the leader included. */
	readonly current: number;
}

/** Creates the streams, or brings those that exist to the layout. Throws a `UsageError` if the partitions differ. */
export async function setUpBus(bus: NatsBus, layout: BusLayout): Promise<void> {
	const existing = await readPartitionCount(bus).catch(() => undefined);
	if (existing !== undefined && existing !== layout.partitions) {
		throw new UsageError(
			`${bus.name}: the bus has ${existing} partitions, and they cannot be changed while it holds flows; ` +
				"delete its streams first, or ask for as many",
		);
	}
	for (const config of streamConfigs(layout)) await putStream(bus, config);
	await writePartitionCount(bus, layout.partitions);
}

async function putStream({ manager, name: bus }: NatsBus, config: Partial<StreamConfig>): Promise<void> {
	const name = config.name!;
	try {
		const isNew = !(await exists(manager.streams.info(name)));
		if (isNew) await manager.streams.add({ ...config, name });
		else await manager.streams.update(name, config);
	} catch (error) {
		throw busFailure(`${bus}: stream ${name}: ${reasonOf(error)}`, error);
	}
}

async function exists(info: Promise<StreamInfo>): Promise<boolean> {
	try {
		await info;
		return true;
	} catch (error) {
		if (error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamNotFound) return false;
		throw error;
	}
}

/** The streams of the bus, flows first. */
export async function streamStatuses(bus: NatsBus): Promise<StreamStatus[]> {
	const partitions = await readPartitionCount(bus);
	const keys = Array.from({ length: partitions }, (_, k) => String(k));
	const names = (["flows", "sightings"] as const).flatMap((family) => keys.map((key) => streamOf({ family, key })));
	return Promise.all(names.map(async (name) => statusOf(await bus.manager.streams.info(name))));
}

function statusOf({ config, state, cluster }: StreamInfo): StreamStatus {
	const followers = cluster?.replicas?.filter(({ current, offline }) => current && !offline).length ?? 0;
	return {
		name: config.name,
		messages: state.messages,
		bytes: state.bytes,
		replicas: config.num_replicas,
		...(cluster?.leader && { leader: cluster.leader }),
		current: cluster === undefined || cluster.leader ? followers + 1 : followers,
	};
}
