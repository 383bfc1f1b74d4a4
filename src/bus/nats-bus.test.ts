import { after } from "node:test";
import { testBusContract } from "./bus.contract.testing.ts";
import { NatsServers, withoutNats } from "./nats-servers.testing.ts";

for (const [name, count] of [
	["one NATS server", 1],
	["three NATS servers", 3],
] as const) {
	let started: Promise<NatsServers> | undefined;
	after(async () => (await started)?.[Symbol.asyncDispose]());
	testBusContract(name, withoutNats, async () => {
		started ??= NatsServers.start(count);
		return (await started).open({ partitions: 4 });
	});
}
