import { deepEqual, ok } from "node:assert/strict";
import { readdirSync } from "node:fs";
import { after, test } from "node:test";
import { incidentsHere, incidentsOverBus, publish } from "../../lab/bus-pipeline.ts";
import { MemoryBus } from "./memory-bus.ts";
import { NatsServers, withoutNats } from "./nats-servers.testing.ts";

const samplesDirectory = `${import.meta.dirname}/../../samples`;
const samples = readdirSync(samplesDirectory)
	.filter((name) => name.includes(".pcap"))
	.map((name) => `${samplesDirectory}/${name}`);
const expected = await incidentsHere(samples);

test("the samples have incidents", () => ok(expected.size > 0));

for (const partitions of [1, 2, 4, 16]) {
	test(`over a bus with ${partitions} partitions the incidents are those of one process`, async () => {
		await using bus = new MemoryBus();
		const { counters } = await publish(bus, samples, { sensor: "s1", partitions });
		deepEqual(await incidentsOverBus(bus, { partitions, batches: counters.batches }), expected);
	});
}

let started: Promise<NatsServers> | undefined;
after(async () => (await started)?.[Symbol.asyncDispose]());

for (const [partitions, workers] of [
	[1, 1],
	[4, 2],
	[16, 3],
] as const) {
	test(`the same over NATS with ${partitions} partitions and ${workers} workers`, { skip: withoutNats }, async () => {
		started ??= NatsServers.start();
		await using bus = await (await started).open({ partitions });
		const { counters } = await publish(bus, samples, { sensor: "s1", partitions });
		deepEqual(await incidentsOverBus(bus, { partitions, workers, batches: counters.batches }), expected);
	});
}
