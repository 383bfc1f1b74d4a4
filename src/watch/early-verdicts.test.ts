import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { ready, TestPlace } from "./daemon.testing.ts";
import { earlyConfiguration, Inbox, loginToNotification, openPool, summary } from "./early-verdicts.testing.ts";

const ROUNDS = 20;
const LIMIT_MS = 2000;
const canCapture = process.getuid?.() === 0 && spawnSync("tcpdump", ["--version"]).status === 0;
const skip = canCapture ? false : "needs tcpdump and the right to capture on the loopback interface";

test("from the login on the wire to the receiver it takes less than 2 s", { skip }, async (t) => {
	await using place = new TestPlace();
	await using inbox = await Inbox.open();
	const { server, port } = await openPool();
	try {
		const daemon = await place.start(earlyConfiguration(port, inbox));
		await ready(daemon);
		// tcpdump says that it is open a moment before packets come.
		await sleep(500);
		const times = [];
		for (let k = 1; k <= ROUNDS; k++) times.push(await loginToNotification(`127.1.0.${k}`, port, inbox));
		const { median, worst } = summary(times);
		t.diagnostic(`median ${median.toFixed(0)} ms, worst of ${ROUNDS} ${worst.toFixed(0)} ms`);
		assert.ok(worst < LIMIT_MS, `the worst took ${worst} ms`);
	} finally {
		server.close();
	}
});
