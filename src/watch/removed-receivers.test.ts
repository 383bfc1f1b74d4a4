import assert from "node:assert/strict";
import { test } from "node:test";
import { freePort, ready, TestPlace, until } from "./daemon.testing.ts";
import { exportTo, minerFlowOf } from "./flows.testing.ts";

/** Both are gone: what they select waits. */
async function places(place: TestPlace) {
	const listen = `ipfix+udp://127.0.0.1:${await freePort()}`;
	const receiver = (name: string, port: number) => ({ name, http: `http://127.0.0.1:${port}/` });
	const [kept, removed] = [receiver("kept", await freePort()), receiver("removed", await freePort())];
	const daemon = await place.start({ inputs: [{ listen }], receivers: [kept, removed] });
	await ready(daemon);
	for (const host of [1, 2, 3]) await exportTo(listen, [minerFlowOf(host)]);
	const outbox = daemon.store.outbox();
	const lengths = async () => [await outbox.length("kept"), await outbox.length("removed")];
	await until(async () => (await lengths()).every((length) => length === 3), "all wait");
	return { daemon, lengths, without: { inputs: [{ listen }], receivers: [kept] } };
}

test("what waits for a receiver that a reload removes is dropped, told and counted; what waits for others stays", async () => {
	await using place = new TestPlace();
	const { daemon, lengths, without } = await places(place);
	place.configure(without);
	assert.equal((await daemon.reload()).words, "receiver removed removed");
	assert.deepEqual(await lengths(), [3, 0]);
	assert.match((await daemon.metrics()).body, /^decrypto_notifications_abandoned_total 3$/m);
	const told = /removed is not configured any more: 3 notifications that waited for it are dropped/;
	assert.ok(place.lines.some((line) => told.test(line)));
});

test("what waits for a receiver that was removed while the daemon was stopped is dropped at its start", async () => {
	await using place = new TestPlace();
	const { without } = await places(place);
	await place.stop();
	const again = await place.start(without);
	assert.equal(again.delivery.abandoned, 3);
	const outbox = again.store.outbox();
	assert.deepEqual([await outbox.length("kept"), await outbox.length("removed")], [3, 0]);
});
