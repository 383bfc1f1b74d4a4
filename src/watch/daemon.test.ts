import assert from "node:assert/strict";
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import type { IncidentEvent } from "../incident/incident.ts";
import { freePort, ready, TestPlace, until } from "./daemon.testing.ts";
import type { Daemon } from "./daemon.ts";
import { exportTo, minerFlowOf } from "./flows.testing.ts";
import { obstaclesOf, problemsOf } from "./health.ts";
import { replayInto } from "./self-test/replay.ts";

const ENTRY = { reason: "a course", owner: "jd@campus.example", hosts: ["10.0.0.9"] };

function eventsOf(daemon: Daemon): IncidentEvent[] {
	const events: IncidentEvent[] = [];
	daemon.keeper.subscribe((event) => events.push(event));
	return events;
}

function delivered(path: string): { kind: string; host: string }[] {
	if (!existsSync(path)) return [];
	const lines = readFileSync(path, "utf8").trim().split("\n");
	return lines.filter(Boolean).map((line) => {
		const { event, incident } = JSON.parse(line) as {
			event: { kind: string } | string;
			incident: { host: { address: string } };
		};
		return { kind: typeof event === "string" ? event : event.kind, host: incident.host.address };
	});
}

test("a miner's flow becomes an incident in the store and a notification", async () => {
	await using place = new TestPlace();
	const address = `ipfix+udp://127.0.0.1:${await freePort()}`;
	const archive = place.path("archive.ndjson");
	const daemon = await place.start({
		inputs: [{ listen: address }],
		networks: { ours: ["10.0.0.0/8"], names: { "10.0.0.0/16": "campus", "10.0.0.0/24": "laboratory" } },
		receivers: [{ name: "archive", file: archive }],
	});
	await ready(daemon);
	await exportTo(address, [minerFlowOf(5)]);
	await until(() => delivered(archive).length > 0, "the archive has the notification");
	assert.deepEqual(delivered(archive)[0], { kind: "opened", host: "10.0.0.5" });
	const { incidents } = await daemon.store.find({ state: "open" });
	assert.deepEqual(
		incidents.map(({ host, inputs }) => [host.address, host.network, inputs]),
		[["10.0.0.5", "laboratory", [address]]],
	);
});

test("a daemon that is started again knows what was open and notifies nobody twice", async () => {
	await using place = new TestPlace();
	const address = `ipfix+udp://127.0.0.1:${await freePort()}`;
	const archive = place.path("archive.ndjson");
	const configuration = { inputs: [{ listen: address }], receivers: [{ name: "archive", file: archive }] };
	for (const round of [1, 2]) {
		const daemon = await place.start(configuration);
		await ready(daemon);
		assert.equal(daemon.keeper.openIncidents, round - 1);
		await exportTo(address, [minerFlowOf(5)]);
		await until(async () => (await daemon.store.find({})).incidents[0]?.flows === round, `flow ${round} is stored`);
		await place.stop();
	}
	assert.deepEqual(
		delivered(archive).filter(({ kind }) => kind === "opened"),
		[{ kind: "opened", host: "10.0.0.5" }],
	);
});

test("what the allowlist covers is recorded and not notified; what it covers no more is told as opened", async () => {
	await using place = new TestPlace();
	const address = `ipfix+udp://127.0.0.1:${await freePort()}`;
	const archive = place.path("archive.ndjson");
	const configuration = { inputs: [{ listen: address }], receivers: [{ name: "archive", file: archive }] };
	const daemon = await place.start({ ...configuration, allowlist: [ENTRY] });
	await ready(daemon);
	await exportTo(address, [minerFlowOf(9)]);
	await until(async () => (await daemon.store.count({ allowlisted: true })) === 1, "the incident is covered");
	assert.deepEqual(delivered(archive), []);
	place.configure(configuration);
	assert.equal((await daemon.reload()).words, "allowlist changed");
	await until(() => delivered(archive).length === 1, "the incident is notified");
});

test("an entry that is added while the daemon runs outlives a restart", async () => {
	await using place = new TestPlace();
	const daemon = await place.start({});
	await daemon.allowlist.add({ ...ENTRY, until: "never" });
	await daemon.allowlistChanged();
	assert.equal(daemon.allowlist.current.entries.length, 1);
	await place.stop();
	const again = await place.start({ allowlist: [{ ...ENTRY, hosts: ["10.0.0.10"] }] });
	assert.equal(again.allowlist.current.entries.length, 2);
	place.configure({});
	await again.reload();
	assert.deepEqual(
		again.allowlist.current.entries.map(({ entry }) => entry.hosts),
		[["10.0.0.9"]],
	);
});

test("a reload applies the difference: unchanged inputs go on, others are stopped, started and started again", async () => {
	await using place = new TestPlace();
	const [kept, removed, added] = [await freePort(), await freePort(), await freePort()].map(
		(port) => `ipfix+udp://127.0.0.1:${port}`,
	) as [string, string, string];
	const follow = place.makeFolder("captures");
	const daemon = await place.start({ inputs: [{ listen: kept }, { listen: removed }, { follow }] });
	await ready(daemon);
	await exportTo(kept, [minerFlowOf(1)]);
	const flowsOf = (input: string) =>
		daemon.pipelines.statuses().find((status) => status.input === input)?.counters?.source.flows;
	await until(() => flowsOf(kept) === 1, "the flow was counted");
	place.configure({ inputs: [{ listen: kept }, { listen: added }, { follow, bpf: "tcp" }] });
	const { ok, words } = await daemon.reload();
	assert.equal(ok, true);
	assert.equal(words, `input ${added} added; input follow:${follow} changed; input ${removed} removed`);
	await ready(daemon);
	assert.deepEqual(
		daemon.pipelines.statuses().map(({ input }) => input),
		[kept, added, `follow:${follow}`],
	);
	// An input that was opened again would have counted anew.
	assert.equal(flowsOf(kept), 1);
	assert.equal((await daemon.reload()).words, "nothing changed");
});

test("an invalid file changes nothing, and is told in log, health and metrics until it is valid again", async () => {
	await using place = new TestPlace();
	const address = `ipfix+udp://127.0.0.1:${await freePort()}`;
	const daemon = await place.start({ inputs: [{ listen: address }] });
	await ready(daemon);
	writeFileSync(place.file, "inputs:\n  - listen: ipfix+udp://127.0.0.1:4739\nreceivrs: []\n");
	const report = await daemon.reload();
	assert.equal(report.ok, false);
	const complaint = `${place.file}:3:1: unknown key "receivrs"; did you mean "receivers"?`;
	assert.equal(report.words, complaint);
	assert.ok(place.lines.some((line) => line.includes(`error reload: refused: ${complaint}`)));
	assert.ok(problemsOf(daemon).some((problem) => problem.includes(complaint)));
	assert.deepEqual(obstaclesOf(daemon), []);
	const { body } = await daemon.metrics();
	assert.match(body, /^decrypto_config_last_reload_successful 0$/m);
	assert.match(body, /^decrypto_config_reloads_total\{outcome="refused"\} 1$/m);
	assert.deepEqual(
		daemon.pipelines.statuses().map(({ input }) => input),
		[address],
	);
	place.configure({ inputs: [{ listen: address }] });
	assert.equal((await daemon.reload()).ok, true);
	assert.deepEqual(problemsOf(daemon), []);
	rmSync(place.file);
	assert.equal((await daemon.reload()).words, `${place.file}: no such file`);
});

test("a file that is valid but cannot be applied leaves everything as it was", async () => {
	await using place = new TestPlace();
	await using other = new TestPlace();
	const neighbour = await other.start({ metrics: { listen: "127.0.0.1:0" } });
	const daemon = await place.start({ metrics: { listen: "127.0.0.1:0" } });
	const loaded = daemon.detectorLoaded;
	const receivers = [{ name: "archive", file: place.path("archive.ndjson") }];
	const metrics = { listen: `127.0.0.1:${neighbour.metricsPort}` };
	place.configure({ metrics, receivers, detection: { shape_threshold: 0.99 } });
	const { ok, words } = await daemon.reload();
	assert.equal(ok, false);
	assert.match(words, /the address is in use/);
	assert.equal(daemon.delivery.receivers.length, 0);
	assert.equal(daemon.plan.configuration.detection.shape_threshold, undefined);
	assert.ok(daemon.detectorLoaded >= loaded);
	const health = await fetch(`http://127.0.0.1:${daemon.metricsPort}/healthz`);
	assert.equal(health.status, 200);
});

test("an input that cannot be opened does not affect the others, and is opened when it can be", async () => {
	await using place = new TestPlace();
	const address = `ipfix+udp://127.0.0.1:${await freePort()}`;
	const follow = place.path("later");
	const daemon = await place.start({ inputs: [{ listen: address }, { follow }] });
	const events = eventsOf(daemon);
	await until(() => daemon.pipelines.statuses()[0]!.state === "running", "the listener is open");
	await exportTo(address, [minerFlowOf(5)]);
	await until(() => events.length > 0, "the listener's incident is there");
	assert.match(obstaclesOf(daemon).join(), /input follow:.* is waiting: .*there is no such directory/);
	place.makeFolder("later");
	await ready(daemon);
});

test("a followed directory that is removed and made again is followed on", async () => {
	await using place = new TestPlace();
	const follow = place.makeFolder("captures");
	const daemon = await place.start({ inputs: [{ follow }] });
	await ready(daemon);
	renameSync(follow, place.path("away"));
	await until(() => place.lines.some((line) => line.includes("waiting for it")), "the loss is told");
	place.makeFolder("captures");
	await replayInto(`follow:${follow}`, Date.now());
	await until(() => daemon.keeper.openIncidents === 1, "the incident of the new directory is there");
});

test("a clock that is stepped an hour back and forward closes no incident that goes on", async () => {
	await using place = new TestPlace();
	const address = `ipfix+udp://127.0.0.1:${await freePort()}`;
	const daemon = await place.start({ inputs: [{ listen: address }] });
	await ready(daemon);
	const events = eventsOf(daemon);
	await exportTo(address, [minerFlowOf(5)]);
	await until(() => events.length === 1, "the incident is open");
	for (const shift of [-3_600_000, 0]) {
		place.clockShift = shift;
		await exportTo(address, [minerFlowOf(5, Date.now() + shift)]);
		await new Promise((resolve) => setTimeout(resolve, 1500));
	}
	assert.deepEqual(
		events.map(({ kind }) => kind).filter((kind) => kind === "closed" || kind === "reopened"),
		[],
	);
	assert.equal(daemon.keeper.openIncidents, 1);
});
