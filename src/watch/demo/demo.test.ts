import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { IncidentStore } from "../../store/incident-store.ts";
import { readConfiguration } from "../configuration.ts";
import { demoSightings } from "./demo-sightings.ts";
import { prepareDemo } from "./prepare-demo.ts";

const NOW = Date.UTC(2026, 2, 1, 12);

test("the demonstration has two hours of sightings, always the same", () => {
	const sightings = demoSightings(NOW * 1000);
	assert.deepEqual(demoSightings(NOW * 1000), sightings);
	assert.ok(sightings.length > 100);
	for (const { at, begin } of sightings) {
		assert.ok(begin >= (NOW - 7_200_000) * 1000 && begin < at && at <= NOW * 1000);
	}
});

test("it begins with incidents of every confidence, open and closed, some of them allowed, and with recent captures", async (t) => {
	const folder = mkdtempSync(join(tmpdir(), "decrypto-demo-"));
	t.after(() => rmSync(folder, { recursive: true }));
	const file = await prepareDemo(folder, fileURLToPath(new URL("../../../samples/", import.meta.url)), NOW);
	const { value } = readConfiguration(file);
	assert.deepEqual(
		value.inputs.map(({ name }) => name),
		[`follow:${join(folder, "captures")}`],
	);
	assert.equal(readdirSync(join(folder, "captures")).length, 7);
	await using store = await IncidentStore.open(join(folder, "incidents.db"));
	const { incidents } = await store.find({ limit: 100 });
	assert.deepEqual(
		new Set(incidents.map(({ confidence }) => confidence)),
		new Set(["confirmed", "probable", "suspected"]),
	);
	assert.deepEqual(new Set(incidents.map(({ state }) => state)), new Set(["open", "closed"]));
	assert.equal(incidents.filter(({ allowedBy }) => allowedBy.length > 0).length, 3);
	assert.equal(incidents.find(({ host }) => host.address === "10.3.7.21")!.host.network, "HPC cluster");
});
