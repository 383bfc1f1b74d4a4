import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { test } from "node:test";
import { freePort, ready, TestPlace, until } from "./daemon.testing.ts";
import { Inbox } from "./early-verdicts.testing.ts";
import { exportTo, minerFlowOf } from "./flows.testing.ts";

test("a receiver that stalls and one that is gone delay neither the others nor the inputs; restored, they get all", async () => {
	await using place = new TestPlace();
	await using inbox = await Inbox.open();
	const address = `ipfix+udp://127.0.0.1:${await freePort()}`;
	const stalled: (() => void)[] = [];
	let isStalled = true;
	let taken = 0;
	const staller = createServer((_, response) => {
		const answer = (): void => {
			taken++;
			response.end();
		};
		if (isStalled) stalled.push(answer);
		else answer();
	}).listen(0, "127.0.0.1");
	await once(staller, "listening");
	const { port } = staller.address() as { port: number };
	try {
		const daemon = await place.start({
			inputs: [{ listen: address }],
			receivers: [
				{ name: "stalled", http: `http://127.0.0.1:${port}/`, timeout: "500ms" },
				{ name: "gone", http: `http://127.0.0.1:${await freePort()}/` },
				{ name: "inbox", http: inbox.url },
			],
		});
		await ready(daemon);
		for (let host = 1; host <= 20; host++) await exportTo(address, [minerFlowOf(host)]);
		await until(() => inbox.first.size === 20, "the inbox has all");
		const counters = (name: string) => daemon.delivery.receivers.find((each) => each.name === name)!.counters;
		await until(() => counters("stalled").failures > 0 && counters("gone").failures > 0, "failures are counted");
		assert.equal(daemon.pipelines.statuses()[0]!.counters!.source.flows, 20);
		assert.equal(taken, 0);
		isStalled = false;
		for (const answer of stalled) answer();
		await until(() => counters("stalled").delivered === 20, "the stalled receiver has all", 30_000);
		assert.equal(await daemon.store.outbox().length("gone"), 20);
	} finally {
		staller.closeAllConnections();
		staller.close();
	}
});

test("an exporter that sends garbage and one that leaves in the middle harm nobody else", async () => {
	await using place = new TestPlace();
	const ports = [await freePort(), await freePort()];
	const [tcp, udp] = [`ipfix+tcp://127.0.0.1:${ports[0]}`, `ipfix+udp://127.0.0.1:${ports[1]}`] as const;
	const daemon = await place.start({ inputs: [{ listen: tcp }, { listen: udp }] });
	await ready(daemon);
	const { connect } = await import("node:net");
	for (const bytes of [
		Buffer.alloc(5000, 0xff),
		Buffer.from("000a0010", "hex"),
		Buffer.from("GET / HTTP/1.1\r\n\r\n"),
	]) {
		const peer = connect(ports[0]!, "127.0.0.1", () => peer.write(bytes, () => peer.destroy()));
		peer.on("error", () => {});
		await once(peer, "close");
	}
	await exportTo(tcp, [minerFlowOf(1)]);
	await exportTo(udp, [minerFlowOf(2)]);
	await until(() => daemon.keeper.openIncidents === 2, "both miners are found");
	assert.deepEqual(
		daemon.pipelines.statuses().map(({ state, restarts }) => [state, restarts]),
		[
			["running", 0],
			["running", 0],
		],
	);
});
