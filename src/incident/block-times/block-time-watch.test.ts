import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { IncidentTracker } from "../tracker.ts";
import { BlockTimeWatch } from "./block-time-watch.ts";
import type { PushRecord } from "./push-record.ts";
import { HOUR, MIDNIGHT, poisson, pushesOf, randomFrom, recordsOf, SECOND } from "./pushes.testing.ts";

const MONERO = 120 * SECOND;
const plainEnd = { client: { address: "10.3.7.30", port: 40_000 }, server: { address: "198.51.100.4", port: 3333 } };
const plainMiner = { ...plainEnd, verdict: "payload", coin: "Monero" } as const;

/** All records in the order of their ends. */
function fed(watch: BlockTimeWatch, ...connections: PushRecord[][]): BlockTimeWatch {
	for (const record of connections.flat().toSorted((a, b) => a.end - b.end)) watch.observe(record);
	return watch;
}

describe("a watch of block times", () => {
	it("finds a server that follows the blocks that a confirmed miner of another server is told of, and names the coin", () => {
		const random = randomFrom(3);
		const blocks = poisson(random, MONERO, HOUR);
		const watch = fed(
			new BlockTimeWatch(),
			recordsOf(pushesOf(random, blocks, HOUR), HOUR, plainMiner),
			recordsOf(pushesOf(random, blocks, HOUR), HOUR),
		);
		const [first] = watch.take();
		assert.ok(first);
		assert.equal(first.explanation.coin, "Monero");
		assert.equal(first.miner.address, "10.3.7.21");
		assert.equal(first.pool.address, "203.0.113.7");
		const [evidence] = first.explanation.evidence;
		assert.ok(evidence?.signal === "block-times");
		assert.ok(evidence.pValue <= 1e-6 && evidence.hits <= evidence.blocks && evidence.coverage < 0.2);
		assert.ok(Math.abs(evidence.expected - evidence.blocks * evidence.coverage) < 1e-9);
		assert.ok(first.at <= MIDNIGHT + HOUR);
	});

	it("tells the blocks that its clocks know, each once, within bounds", () => {
		const random = randomFrom(3);
		const found = poisson(random, MONERO, HOUR);
		const watch = fed(new BlockTimeWatch(), recordsOf(pushesOf(random, found, HOUR), HOUR, plainMiner));
		for (const time of found) watch.learn({ coin: "Monero", time, source: "node" }, "blocks");
		const [from, until] = [MIDNIGHT + HOUR / 4, MIDNIGHT + HOUR / 2];
		const told = watch.blocks("Monero", from, until);
		assert.ok(told.every(({ at, coin }) => at >= from && at <= until && coin === "Monero"));
		const within = found.filter((time) => time >= from && time <= until);
		assert.ok(within.every((time) => told.some(({ at }) => Math.abs(at - time) <= 3 * SECOND)));
		assert.ok(told.every(({ at }, k) => k === 0 || at - told[k - 1]!.at > 3 * SECOND));
		assert.deepEqual(watch.blocks("Bitcoin", from, until), []);
	});

	it("never tests a server against its own pushes", () => {
		const random = randomFrom(4);
		const pushes = pushesOf(random, poisson(random, MONERO, HOUR), HOUR);
		const sameServer = { server: { address: plainEnd.server.address, port: 443 } };
		const watch = fed(new BlockTimeWatch(), recordsOf(pushes, HOUR, plainMiner), recordsOf(pushes, HOUR, sameServer));
		watch.flush();
		assert.deepEqual(watch.take(), []);
	});

	it("tells of a pair when it is found, at doublings, and half-hourly", () => {
		const random = randomFrom(5);
		const blocks = poisson(random, MONERO, 6 * HOUR);
		const watch = new BlockTimeWatch();
		for (const time of blocks) watch.learn({ coin: "Monero", time, source: "node" }, "blocks");
		fed(watch, recordsOf(pushesOf(random, blocks, 6 * HOUR), 6 * HOUR));
		const sightings = watch.take();
		assert.ok(sightings.length >= 8 && sightings.length <= 16, `${sightings.length} sightings`);
		for (let k = 1; k < sightings.length; k++) assert.ok(sightings[k]!.at - sightings[k - 1]!.at <= 1900 * SECOND);
	});

	it("does not take two rhythms that keep step for blocks", () => {
		const everyMinute = Array.from({ length: 240 }, (_, k) => MIDNIGHT + (5 + 60 * k) * SECOND);
		const random = randomFrom(6);
		const clock = everyMinute.map((at) => at + random() * SECOND);
		const watch = fed(new BlockTimeWatch(), recordsOf(clock, 4 * HOUR, plainMiner), recordsOf(everyMinute, 4 * HOUR));
		watch.flush();
		assert.deepEqual(watch.take(), []);
	});

	it("finds a follower by a miner whose pool also refreshes every half minute", () => {
		const random = randomFrom(7);
		const blocks = poisson(random, MONERO, 2 * HOUR);
		const watch = fed(
			new BlockTimeWatch(),
			recordsOf(pushesOf(random, blocks, 2 * HOUR, { refresh: 30 }), 2 * HOUR, plainMiner),
			recordsOf(pushesOf(random, blocks, 2 * HOUR, { refresh: 60 }), 2 * HOUR),
		);
		assert.equal(watch.take()[0]?.explanation.coin, "Monero");
	});

	it("says nothing of servers that do not follow blocks", () => {
		const random = randomFrom(8);
		const blocks = poisson(random, MONERO, 3 * HOUR);
		const watch = new BlockTimeWatch();
		for (const time of blocks) watch.learn({ coin: "Monero", time, source: "node" }, "blocks");
		for (let k = 0; k < 200; k++) {
			const server = { address: `203.0.113.${k}`, port: 443 };
			fed(watch, recordsOf(poisson(random, (10 + k) * SECOND, 3 * HOUR), 3 * HOUR, { server }));
		}
		watch.flush();
		assert.deepEqual(watch.take(), []);
		assert.ok(watch.counters.looks > 1000);
	});

	it("recognises a wrong feed: it does not explain the confirmed miner, and counts no more", () => {
		const random = randomFrom(9);
		const wrong = poisson(random, MONERO, 3 * HOUR);
		const watch = new BlockTimeWatch();
		for (const time of wrong) watch.learn({ coin: "Monero", time, source: "feed" }, "blocks");
		fed(watch, recordsOf(pushesOf(random, poisson(random, MONERO, 3 * HOUR), 3 * HOUR), 3 * HOUR, plainMiner));
		fed(watch, recordsOf(pushesOf(random, wrong, 3 * HOUR), 3 * HOUR));
		watch.flush();
		assert.deepEqual(watch.take(), []);
	});

	it("compares suspects of different servers where there is no clock", () => {
		const random = randomFrom(10);
		const blocks = poisson(random, MONERO, 3 * HOUR);
		const other = { client: plainEnd.client, server: plainEnd.server };
		const connections = (verdict: PushRecord["verdict"]) => [
			recordsOf(pushesOf(random, blocks, 3 * HOUR), 3 * HOUR, { verdict }),
			recordsOf(pushesOf(random, blocks, 3 * HOUR), 3 * HOUR, { ...other, verdict }),
		];
		const [found] = fed(new BlockTimeWatch(), ...connections("reported")).take();
		const [evidence] = found!.explanation.evidence;
		assert.ok(evidence?.signal === "block-times" && evidence.coin === undefined && evidence.with !== undefined);
		assert.deepEqual(fed(new BlockTimeWatch(), ...connections("other")).take(), []);
	});

	it("groups hosts that one suspected server pushes to in lockstep", () => {
		const random = randomFrom(11);
		const blocks = poisson(random, MONERO, 3 * HOUR);
		const pushes = pushesOf(random, blocks, 3 * HOUR);
		const watch = new BlockTimeWatch();
		for (let k = 1; k <= 4; k++) {
			const late = pushes.map((at) => at + random() * 0.3 * SECOND);
			const client = { address: `10.0.0.${k}`, port: 50_000 };
			fed(watch, recordsOf(late, 3 * HOUR, { client, verdict: k === 1 ? "reported" : "other" }));
		}
		const apart = recordsOf(poisson(random, MONERO, 3 * HOUR), 3 * HOUR, { client: { address: "10.0.0.9", port: 1 } });
		fed(watch, apart);
		const [group, ...rest] = watch.groups();
		assert.equal(rest.length, 0);
		assert.deepEqual(group!.hosts.toSorted(), ["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4"]);
	});

	it("is bounded in pairs, and skips records with broken times", () => {
		const watch = new BlockTimeWatch({ mostPairs: 10 });
		const [record] = recordsOf([MIDNIGHT + SECOND], 300 * SECOND);
		for (let port = 1; port <= 100; port++) watch.observe({ ...record!, server: { address: "203.0.113.7", port } });
		assert.equal(watch.pairs, 10);
		assert.equal(watch.counters.forgotten, 90);
		watch.observe({ ...record!, begin: Number.NaN });
		watch.observe({ ...record!, begin: 0, end: 1e18 });
		watch.observe({ ...record!, begin: 2, end: 1 });
		assert.equal(watch.counters.malformed, 3);
	});
});

describe("an incident", () => {
	const findings = (probability: number | undefined) => {
		const random = randomFrom(12);
		const blocks = poisson(random, MONERO, HOUR);
		const changes = probability === undefined ? {} : { probability };
		return fed(
			new BlockTimeWatch(),
			recordsOf(pushesOf(random, blocks, HOUR), HOUR, plainMiner),
			recordsOf(pushesOf(random, blocks, HOUR), HOUR, changes),
		).take();
	};
	const incidentAfter = (sightings: ReturnType<typeof findings>) => {
		const tracker = new IncidentTracker();
		for (const sighting of sightings) tracker.add(sighting);
		tracker.flush();
		return tracker.take().updated[0]!.incident;
	};

	it("is suspected if block times alone speak: explorers and wallets follow the blocks, too", () => {
		const incident = incidentAfter(findings(undefined));
		assert.equal(incident.confidence, "suspected");
		assert.equal(incident.pools[0]?.coin, "Monero");
		assert.match(
			incident.signals[0]!.words,
			/^the server sent data within 3 s of \d+ of \d+ Monero blocks; by chance one expects \d/,
		);
	});

	it("is probable if shape leans to mining, and only suspected if it does not", () => {
		assert.equal(incidentAfter(findings(0.7)).confidence, "probable");
		assert.equal(incidentAfter(findings(0.2)).confidence, "suspected");
	});

	it("counts the flows of the pair once, however often it is told of them", () => {
		const sightings = findings(undefined);
		assert.ok(sightings.length > 1);
		const { flows, bytesToPool } = incidentAfter(sightings);
		assert.equal(flows, 1);
		assert.equal(bytesToPool, sightings.at(-1)!.bytesToPool);
	});
});
