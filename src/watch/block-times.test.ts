import assert from "node:assert/strict";
import { test } from "node:test";
import { VerdictColumns } from "../detect/verdicts.ts";
import { columnsOfFlows } from "../flow/columns-of-flows.ts";
import { BlockTimeWatch } from "../incident/block-times/block-time-watch.ts";
import { HOUR, poisson, pushesOf, randomFrom, recordsOf, SECOND } from "../incident/block-times/pushes.testing.ts";
import type { TrackerOutput } from "../incident/tracker.ts";
import { IncidentTracker } from "../incident/tracker.ts";
import { IncidentWriter } from "./incident-writer.ts";

const batchWith = (pushes: ReturnType<typeof recordsOf>) => ({
	input: "test",
	flows: columnsOfFlows([]),
	verdicts: new VerdictColumns(),
	reported: new Uint32Array(0),
	indexOf: (i: number) => i,
	explain: () => assert.fail("nothing is reported"),
	pushes,
});

test("a writer with a watch of block times asks for pushes, and makes incidents of what follows the blocks", async () => {
	const random = randomFrom(20);
	const blocks = poisson(random, 120 * SECOND, HOUR);
	const outputs: TrackerOutput[] = [];
	const blockTimes = new BlockTimeWatch();
	for (const time of blocks) blockTimes.learn({ coin: "Monero", time, source: "node" }, "blocks");
	const writer = new IncidentWriter({
		tracker: new IncidentTracker(),
		blockTimes,
		domainOf: () => "branch office",
		onOutput: (output) => void outputs.push(output),
	});
	const sink = writer.sink({ name: "incidents" });
	assert.equal(sink.wantsPushes, true);
	await sink.write(batchWith(recordsOf(pushesOf(random, blocks, HOUR), HOUR)));
	await writer.finish();
	const incident = outputs.flatMap(({ events }) => events)[0]?.incident;
	assert.equal(incident?.pools[0]?.coin, "Monero");
	assert.equal(incident?.host.domain, "branch office");
	assert.equal(incident?.confidence, "suspected");
});

test("a writer without one does not ask for pushes", () => {
	const sink = new IncidentWriter({ tracker: new IncidentTracker() }).sink({ name: "incidents" });
	assert.equal(sink.wantsPushes, undefined);
});
