import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { test } from "node:test";
import { VerdictColumns } from "../detect/verdicts.ts";
import { columnsOfFlows } from "../flow/columns-of-flows.ts";
import { BlockTimeWatch } from "../incident/block-times/block-time-watch.ts";
import { HOUR, poisson, pushesOf, randomFrom, recordsOf, SECOND } from "../incident/block-times/pushes.testing.ts";
import type { TrackerOutput } from "../incident/tracker.ts";
import { IncidentTracker } from "../incident/tracker.ts";
import { controlHandler } from "./control.ts";
import { TestPlace, until } from "./daemon.testing.ts";
import { daemonView } from "./daemon-view.ts";
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

test("a daemon tells the web UI the blocks of its clocks, and which hosts one server serves in lockstep", async () => {
	await using place = new TestPlace();
	const clock = place.path("blocks.csv");
	const begin = Date.parse("2026-03-01T00:00:00Z") * 1000;
	writeFileSync(clock, `monero,${begin / 1e6 + 60}\nmonero,${begin / 1e6 + 300}\n`);
	const daemon = await place.start({ detection: { block_times: [clock] } });
	const view = daemonView(daemon);
	await until(() => view.blockTimes!("Monero", begin, begin + HOUR).length === 2, "the file was read");
	assert.deepEqual(view.blockTimes!("Monero", begin, begin + 100e6), [{ at: begin + 60e6, coin: "Monero" }]);
	const random = randomFrom(21);
	const pushes = pushesOf(random, poisson(random, 120 * SECOND, HOUR), HOUR);
	for (const last of [1, 2, 3]) {
		const client = { address: `10.3.8.${last}`, port: 40_000 };
		const server = { address: "198.51.100.4", port: 3333 };
		for (const record of recordsOf(pushes, HOUR, { client, server, verdict: "payload", coin: "Monero" }))
			daemon.blockTimes.watch.observe(record);
	}
	const groups = await controlHandler(daemon, () => daemon.reload())({ command: "groups" });
	assert.partialDeepStrictEqual(groups, [{ server: { port: 3333 }, coin: "Monero" }]);
	assert.equal((groups as { hosts: string[] }[])[0]!.hosts.length, 3);
});
