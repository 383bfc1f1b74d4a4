import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { readdirSync } from "node:fs";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Incidents, incidentsHere, newDetector, publish } from "../../lab/bus-pipeline.ts";
import { type Bus, isConflict } from "./bus.ts";
import { BusWorker } from "./bus-worker.ts";
import { CommitChain } from "./commit-chain.ts";
import { Lease } from "./lease.ts";
import { MemoryBus } from "./memory-bus.ts";
import { NatsServers, withoutNats } from "./nats-servers.testing.ts";
import { NO_PROGRESS } from "./sighting-message.ts";
import { SightingReader } from "./sighting-reader.ts";

const directory = `${import.meta.dirname}/../../samples`;
const samples = readdirSync(directory)
	.filter((name) => name.includes(".pcap"))
	.map((name) => `${directory}/${name}`);

let servers: Promise<NatsServers> | undefined;
after(async () => (await servers)?.[Symbol.asyncDispose]());
const BUSES: readonly [string, string | false, () => Promise<Bus & AsyncDisposable>][] = [
	["memory", false, async () => new MemoryBus()],
	[
		"NATS",
		withoutNats,
		async () => {
			servers ??= NatsServers.start();
			return (await servers).open({ partitions: 4 });
		},
	],
];

async function until(condition: () => boolean, patience = 15_000): Promise<void> {
	const deadline = performance.now() + patience;
	while (!condition()) {
		if (performance.now() > deadline) throw new Error("it did not happen in time");
		await sleep(20);
	}
}

for (const [name, skip, open] of BUSES) {
	test(`${name}: an owner that was replaced cannot commit, whatever it believes`, { skip }, async () => {
		await using bus = await open();
		const first = (await Lease.take(bus, 0, "a"))!;
		const old = new CommitChain(bus, 0, first);
		await old.begin();
		await old.commit("sightings", { ...NO_PROGRESS, position: 7 });
		equal(await Lease.take(bus, 0, "b"), undefined, "one owner at a time");
		// The lease runs out on the bus while the owner is stopped and believes that it still has it.
		await bus.trim({ family: "leases", key: "0" }, Number.MAX_SAFE_INTEGER);
		const second = (await Lease.take(bus, 0, "b"))!;
		const next = new CommitChain(bus, 0, second);
		await next.begin();
		equal(next.progress.position, 7, "the successor knows what was committed");
		ok(first.isHeld, "the old owner believes that it has the lease");
		await rejects(old.commit("sightings", { ...NO_PROGRESS, position: 8 }), isConflict);
		equal(await first.renew(), false);
		equal(first.isHeld, false);
		await next.commit("sightings", { ...NO_PROGRESS, position: 8 });
	});

	test(`${name}: workers share the partitions, and give them back when they end`, { skip }, async () => {
		await using bus = await open();
		const worker = (worker: string) => new BusWorker(bus, { worker, partitions: 4, newDetector });
		const a = worker("a");
		await until(() => a.partitions.length === 4);
		const b = worker("b");
		await until(() => a.partitions.length === 2 && b.partitions.length === 2);
		deepEqual([...a.partitions, ...b.partitions].sort(), [0, 1, 2, 3]);
		await b[Symbol.asyncDispose]();
		await until(() => a.partitions.length === 4);
		equal(a.counters.lost + b.counters.lost, 0);
		await a[Symbol.asyncDispose]();
	});

	test(`${name}: a successor goes on from the snapshot, and reports nothing twice`, { skip }, async () => {
		await using bus = await open();
		const half = samples.length >> 1;
		const options = { partitions: 4, newDetector, snapshotEveryMs: 1 };
		const first = await publish(bus, samples.slice(0, half), { sensor: "s", partitions: 4 });
		const a = new BusWorker(bus, { worker: "a", ...options });
		await until(() => a.counters.batches === first.counters.batches);
		await a[Symbol.asyncDispose]();
		ok(a.counters.snapshots > 0);
		const second = await publish(bus, samples.slice(half), { sensor: "s", partitions: 4 });
		const b = new BusWorker(bus, { worker: "b", ...options });
		await until(() => b.counters.batches === second.counters.batches);
		await b[Symbol.asyncDispose]();
		equal(b.counters.batches, second.counters.batches, "what the snapshot includes is not read again");
		const reader = new SightingReader(bus, 4);
		const incidents = new Incidents();
		for await (const batch of reader) {
			incidents.take(batch);
			if (reader.counters.sightings === a.counters.sightings + b.counters.sightings) break;
		}
		equal(incidents.tracker.counters.duplicates, 0);
		deepEqual(incidents.finish(), await incidentsHere(samples));
	});
}

test("a batch that cannot be read is counted, and the next one goes on", async () => {
	await using bus = new MemoryBus();
	await bus.append(
		{ family: "flows", key: "0" },
		{ headers: { schema: "1", codec: "zstd" }, body: Buffer.from("junk") },
	);
	await bus.append({ family: "flows", key: "0" }, { headers: { schema: "9" }, body: Buffer.from("from the future") });
	const { counters } = await publish(bus, samples.slice(0, 1), { sensor: "s", partitions: 1 });
	await using worker = new BusWorker(bus, { worker: "a", partitions: 1, newDetector });
	await until(() => worker.counters.batches === counters.batches);
	equal(worker.counters.malformedBatches, 2);
});
