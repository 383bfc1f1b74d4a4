import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { parse } from "yaml";
import { ready, TestPlace, until } from "./daemon.testing.ts";
import { replayInto } from "./self-test/replay.ts";

const docs = (name: string): string => readFileSync(new URL(`../../docs/${name}`, import.meta.url), "utf8");
const needsPromtool = spawnSync("promtool", ["--version"]).status === 0 ? false : "needs promtool (prometheus)";

async function scrape(): Promise<string> {
	await using place = new TestPlace();
	const follow = place.makeFolder("captures");
	const receivers = [{ name: "archive", file: place.path("archive.ndjson") }];
	const daemon = await place.start({ inputs: [{ follow }], receivers, metrics: { listen: "127.0.0.1:0" } });
	await ready(daemon);
	await replayInto(`follow:${follow}`, Date.now());
	await until(() => daemon.keeper.openIncidents === 1, "the incident is there");
	const answer = await fetch(`http://127.0.0.1:${daemon.metricsPort}/metrics`);
	assert.match(answer.headers.get("content-type")!, /^text\/plain; version=0\.0\.4/);
	return answer.text();
}

test("docs/metrics.md lists exactly the metrics there are, and the alert rules use them", async () => {
	const metrics = new Set([...(await scrape()).matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name!));
	const listed = [...docs("metrics.md").matchAll(/^\| `((?:decrypto|process)_\w+)`/gm)].map(([, name]) => name!);
	assert.deepEqual(listed.toSorted(), [...metrics].sort());
	const { groups } = parse(docs("decrypto.rules.yml")) as { groups: { rules: { expr: string }[] }[] };
	const used = groups.flatMap(({ rules }) => rules.flatMap(({ expr }) => expr.match(/decrypto_\w+/g) ?? []));
	assert.deepEqual(
		used.filter((name) => !metrics.has(name)),
		[],
	);
});

test("promtool has nothing to say against metrics and rules", { skip: needsPromtool }, async () => {
	const metrics = spawnSync("promtool", ["check", "metrics"], { input: await scrape(), encoding: "utf8" });
	assert.equal(metrics.stderr + metrics.stdout, "");
	assert.equal(metrics.status, 0);
	const file = new URL("../../docs/decrypto.rules.yml", import.meta.url).pathname;
	assert.equal(spawnSync("promtool", ["check", "rules", file]).status, 0);
});

test("health and readiness are JSON with reasons", async () => {
	await using place = new TestPlace();
	const missing = place.path("missing");
	const daemon = await place.start({ inputs: [{ follow: missing }], metrics: { listen: "127.0.0.1:0" } });
	const ask = async (path: string) => {
		const answer = await fetch(`http://127.0.0.1:${daemon.metricsPort}${path}`);
		return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
	};
	await until(async () => (await ask("/healthz")).body.state === "degraded", "the missing directory is told");
	const ready = await ask("/readyz");
	assert.equal(ready.status, 503);
	assert.match(String(ready.body.reasons), /input follow:.*missing is waiting: .*no such directory/);
	place.makeFolder("missing");
	await until(async () => (await ask("/readyz")).status === 200, "the input is open");
	assert.deepEqual((await ask("/healthz")).body, { state: "ok", problems: [] });
	assert.equal((await fetch(`http://127.0.0.1:${daemon.metricsPort}/x`)).status, 404);
	assert.equal((await fetch(`http://127.0.0.1:${daemon.metricsPort}/metrics`, { method: "POST" })).status, 405);
});
