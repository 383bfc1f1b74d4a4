import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { sightingAt } from "../incident/sighting.testing.ts";
import { IncidentTracker } from "../incident/tracker.ts";
import { IncidentStore } from "./incident-store.ts";
import { migrate, SCHEMA_VERSION, schemaVersion } from "./schema.ts";
import { batchOf, storePath } from "./store.testing.ts";
import { StoreEngine } from "./store-engine.ts";

const minerAt = (n: number) => sightingAt(n / 60, { miner: { address: `10.1.${n >> 8}.${n & 255}`, port: 50_000 } });

/** DECRYPTO_STORE_KILLS=200 is the long form. */
const KILLS = Number(process.env.DECRYPTO_STORE_KILLS ?? 5);

test(`after ${KILLS} SIGKILLs nothing that was written is lost, and no event is there twice`, async (t) => {
	const path = storePath(t);
	const script = fileURLToPath(new URL("./writer.testing.ts", import.meta.url));
	let written = -1;
	for (let kill = 0; kill < KILLS; kill++) {
		const child = spawn(process.execPath, [script, path, String(written + 1)], {
			stdio: ["ignore", "pipe", "inherit"],
		});
		child.stdout.setEncoding("utf8");
		let rest = "";
		child.stdout.on("data", (text: string) => {
			const lines = (rest + text).split("\n");
			rest = lines.pop()!;
			if (lines.length > 0) written = Number(lines.at(-1));
		});
		await once(child.stdout, "data");
		await new Promise((resolve) => setTimeout(resolve, Math.random() * 100));
		child.kill("SIGKILL");
		await once(child, "close");
	}
	await using store = await IncidentStore.open(path);
	assert.deepEqual(store.health(), { state: "ok" });
	const found = new Set<string>();
	let cursor: string | undefined;
	do {
		const page = await store.find({ limit: 1000, ...(cursor !== undefined && { cursor }) });
		for (const { host, flows, sequence } of page.incidents) {
			found.add(host.address);
			assert.deepEqual([flows, sequence], [1, 1]);
		}
		cursor = page.next;
	} while (cursor !== undefined);
	for (let n = 0; n <= written; n++) assert.ok(found.has(`10.0.${n >> 8}.${n & 255}`), `sighting ${n} is lost`);
	assert.equal(await store.ask("outbox", "length", "soc"), found.size);
});

test("a full disk: writes wait, notification goes on, and health says so", (t) => {
	const path = storePath(t);
	const engine = new StoreEngine(path, { largest: 400_000 }, 0);
	const tracker = new IncidentTracker();
	let count = 0;
	while (engine.record(batchOf([minerAt(count++)], tracker), 0) === "written") assert.ok(count < 5000);
	for (let more = 0; more < 3; more++) engine.record(batchOf([minerAt(count++)], tracker), 0);
	assert.match(engine.status().health.reason!, /the disk is full; .* rows wait in memory, 0 were lost$/);
	const due = engine.outbox.due<{ id: string }>("soc", 5000, 10_000);
	assert.equal(due.length, count);
	// Delivery goes on: of one notification on disk and one in memory.
	engine.outbox.delivered("soc", [due[0]!.notification.id, due.at(-1)!.notification.id]);
	assert.equal(engine.outbox.due("soc", 5000, 10_000).length, count - 2);
	assert.equal(engine.outbox.length("soc"), count - 2);
	engine.close(0);

	const roomy = new StoreEngine(path, {}, 0);
	t.after(() => roomy.close(0));
	assert.ok(roomy.count({}) < count);
});

test("when the lock of another process is gone, what waited is written with its outbox", (t) => {
	const path = storePath(t);
	const engine = new StoreEngine(path, {}, 0);
	const other = new DatabaseSync(path);
	other.exec("BEGIN IMMEDIATE");
	const tracker = new IncidentTracker();
	assert.equal(engine.record(batchOf([minerAt(1), minerAt(2)], tracker), 0), "queued");
	assert.match(engine.status().health.reason!, /another process has locked the store/);
	const [first, ...others] = engine.outbox.due<{ id: string }>("soc", 5000, 10);
	engine.outbox.delivered("soc", [first!.notification.id]);
	other.exec("COMMIT");
	other.close();
	assert.equal(engine.catchUp(0), true);
	assert.deepEqual(engine.status().health, { state: "ok" });
	assert.equal(engine.count({}), 2);
	assert.deepEqual(engine.outbox.due("soc", 5000, 10), others);
	assert.equal(engine.outbox.enqueue({ receiver: "soc", notification: first!.notification, enqueuedAt: 0 }), "known");
	engine.close(0);
});

test("what waits in memory is bounded; the oldest is lost and counted", (t) => {
	const path = storePath(t);
	new StoreEngine(path, {}, 0).close(0);
	const engine = new StoreEngine(path, { readOnly: true, mostWaiting: 20 }, 0);
	t.after(() => engine.close(0));
	const tracker = new IncidentTracker();
	for (let n = 0; n < 50; n++) engine.record(batchOf([minerAt(n)], tracker), 0);
	const { counters, health } = engine.status();
	assert.ok(counters.waiting <= 20 && counters.dropped > 0, JSON.stringify(counters));
	assert.match(health.reason!, /cannot be written/);
});

test("a damaged file is kept aside, told, and a new one begun", (t) => {
	const path = storePath(t);
	writeFileSync(path, "no database ".repeat(1000));
	const engine = new StoreEngine(path, {}, Date.parse("2026-12-01T00:00:00Z"));
	const { health } = engine.status();
	assert.equal(health.state, "degraded");
	assert.match(
		health.reason!,
		/was damaged; it is kept as .*\.damaged-2026-12-01T00-00-00-000Z, a new store was begun/,
	);
	assert.equal(engine.record(batchOf([minerAt(1)]), 0), "written");
	assert.ok(readdirSync(dirname(path)).some((name) => name.includes(".damaged-")));
	engine.close(0);
});

test("a file of a newer program is left alone", async (t) => {
	const path = storePath(t);
	const database = new DatabaseSync(path);
	database.exec(`PRAGMA user_version = ${SCHEMA_VERSION + 1}`);
	database.close();
	await assert.rejects(IncidentStore.open(path), { code: "store-newer" });
});

test("a store that is only read must exist", async (t) => {
	const path = storePath(t);
	await assert.rejects(IncidentStore.open(path, { readOnly: true }), { code: "store-unopenable" });
	assert.equal(existsSync(path), false);
});

for (let version = 1; version < SCHEMA_VERSION; version++) {
	test(`a store of schema version ${version} is brought up to date with its contents`, (t) => {
		const path = storePath(t);
		const old = new DatabaseSync(path);
		migrate(old, version);
		assert.equal(schemaVersion(old), version);
		old.exec(`INSERT INTO incidents (id, sequence, host, role, is_open, confidence, score, opened, last_seen, flows, bytes,
			allowed, body) VALUES ('a', 1, '10.0.0.1', 'miner', 1, 0, 0.5, 1, 2, 3, 4, 0, '{"id":"a"}');
			INSERT INTO pools VALUES (1, 'xmr.pool.example', 'Monero', 1, 2, 3)`);
		if (version >= 3) old.exec("INSERT INTO incident_text (rowid, text) VALUES (1, 'xmr.pool.example Monero')");
		old.close();
		const engine = new StoreEngine(path, {}, 0);
		assert.deepEqual(engine.find({ text: "xmr monero" }).incidents, [{ id: "a" } as never]);
		assert.deepEqual(engine.books.users(), []);
		engine.close(0);
	});
}

test("retention deletes closed incidents by age and by size, never open ones", (t) => {
	const path = storePath(t);
	const engine = new StoreEngine(path, { retention: { keep: 86_400_000, size: 1e12 } }, 0);
	const tracker = new IncidentTracker();
	engine.record(batchOf([minerAt(1), sightingAt(48 * 60)], tracker), 0);
	assert.equal(engine.count({}), 2);
	assert.equal(engine.enforceRetention(sightingAt(49 * 60).at / 1000), 1);
	assert.equal(engine.count({ state: "open" }), 1);
	assert.equal(engine.find({ text: "10.1.0.1" }).incidents.length, 0);
	engine.close(0);
	const small = new StoreEngine(path, { retention: { size: 1 } }, 0);
	assert.equal(small.enforceRetention(0), 0);
	assert.equal(small.count({}), 1);
	small.close(0);
});
