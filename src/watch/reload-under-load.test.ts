import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort, ready, TestPlace, until } from "./daemon.testing.ts";
import { openExport } from "./flows.testing.ts";
import { Load, reloadSteps, socketsAt } from "./reload-under-load.testing.ts";

const FLOWS_PER_SECOND = 1000;

test("reloads of every kind lose no flow and reopen no socket of an input that stays", async (t) => {
	await using place = new TestPlace();
	const ports = [await freePort(), await freePort()] as const;
	const addresses = [`ipfix+tcp://127.0.0.1:${ports[0]}`, `ipfix+udp://127.0.0.1:${ports[1]}`] as const;
	const base = { inputs: addresses.map((listen) => ({ listen })), threads: 2 };
	const daemon = await place.start(base);
	await ready(daemon);
	const sockets = ports.map(socketsAt);
	await using first = new Load(await openExport(addresses[0]), FLOWS_PER_SECOND);
	await using second = new Load(await openExport(addresses[1]), FLOWS_PER_SECOND);
	const loads = [first, second];
	for (const load of loads) load.start();
	const steps = reloadSteps(place, base);
	for (const { name, isInvalid, write } of steps) {
		write();
		const { ok, words } = await daemon.reload();
		assert.equal(ok, !isInvalid, `${name}: ${words}`);
		assert.notEqual(words, "nothing changed", name);
		await sleep(100);
	}
	await Promise.all(loads.map((load) => load.stop()));
	const counted = () =>
		addresses.map((address) => {
			const { counters } = daemon.pipelines.statuses().find(({ input }) => input === address)!;
			return [counters!.source.flows, counters!.decided.flows];
		});
	const sent = loads.map((load) => [load.sent, load.sent]);
	await until(() => JSON.stringify(counted()) === JSON.stringify(sent), "all flows arrived").catch(() => {});
	assert.deepEqual(counted(), sent);
	assert.deepEqual(ports.map(socketsAt), sockets);
	const invalid = steps.filter(({ isInvalid }) => isInvalid).length;
	assert.deepEqual(daemon.reloads, { applied: steps.length - invalid, refused: invalid });
	t.diagnostic(`${steps.length} reloads, ${first.sent + second.sent} flows, none lost`);
});
