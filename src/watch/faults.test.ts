import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { TestPlace } from "./daemon.testing.ts";
import { type Fault, sufferFaults } from "./faults.testing.ts";

const capture = process.getuid?.() === 0 && spawnSync("tcpdump", ["--version"]).status === 0;
const FAULTS: readonly Fault[] = ["SIGKILL", "SIGHUP", "SIGTERM", "SIGKILL", "SIGKILL", "SIGHUP", "SIGTERM", "SIGKILL"];

test("signals at any moment lose no incident that was notified, and notify none with another identifier", async (t) => {
	await using place = new TestPlace();
	if (!capture) t.diagnostic("without a live capture: it needs tcpdump and root");
	const after = (round: number) => 40 + ((round * 137) % 500);
	const { ends, notified, lost, orphans } = await sufferFaults({ place, faults: FAULTS, after, capture });
	t.diagnostic(`${FAULTS.length} signals, ${notified.size} hosts notified`);
	assert.ok(notified.size > 20);
	assert.deepEqual(lost, []);
	assert.deepEqual(
		[...notified].filter(([, ids]) => ids.size > 1),
		[],
	);
	assert.deepEqual(
		ends.filter(({ fault, end }) => end !== (fault === "SIGTERM" ? 0 : fault)),
		[],
	);
	assert.deepEqual(orphans, []);
});
