import assert from "node:assert/strict";
import { test } from "node:test";
import { PAYLOAD_OF_POOL, sightingAt, T0 } from "../incident/sighting.testing.ts";
import { IncidentTracker } from "../incident/tracker.ts";
import { IncidentStore } from "./incident-store.ts";
import { batchOf, storePath } from "./store.testing.ts";

const miners = [1, 2, 3].map((n) =>
	sightingAt(n, {
		miner: { address: `10.0.0.${n}`, port: 50_000 },
		...(n === 3 && { evidence: [PAYLOAD_OF_POOL], coin: "Monero", serverName: "xmr.pool.example" }),
	}),
);

test("what was recorded is found again after the store was closed and opened", async (t) => {
	const path = storePath(t);
	const batch = batchOf(miners);
	{
		await using store = await IncidentStore.open(path);
		assert.equal(await store.record(batch), "written");
	}
	await using store = await IncidentStore.open(path);
	const { incidents, next } = await store.find({ sort: "opened", ascending: true });
	assert.deepEqual(
		incidents,
		batch.updated.map(({ incident }) => incident),
	);
	assert.equal(next, undefined);
	const [, , last] = incidents;
	assert.deepEqual(await store.ask("details", "sightings", last!.id), [miners[2]]);
	assert.deepEqual(
		(await store.ask("details", "events", last!.id)).map(({ kind, sequence, confidence }) => [
			kind,
			sequence,
			confidence,
		]),
		[["opened", 1, "confirmed"]],
	);
});

test("filters, sorting and pages", async (t) => {
	await using store = await IncidentStore.open(storePath(t));
	await store.record(batchOf(miners));
	const hosts = async (query: Parameters<IncidentStore["find"]>[0]) =>
		(await store.find({ sort: "host", ascending: true, ...query })).incidents.map(({ host }) => host.address);
	assert.deepEqual(await hosts({ confidence: ["confirmed"] }), ["10.0.0.3"]);
	assert.deepEqual(await hosts({ pool: ["203.0.113.7:443"] }), ["10.0.0.1", "10.0.0.2"]);
	assert.deepEqual(await hosts({ coin: ["Monero"] }), ["10.0.0.3"]);
	assert.deepEqual(await hosts({ signal: ["shape"] }), ["10.0.0.1", "10.0.0.2"]);
	assert.deepEqual(await hosts({ host: ["10.0.0.2"], state: "open", allowlisted: false }), ["10.0.0.2"]);
	assert.deepEqual(await hosts({ state: "closed" }), []);
	assert.deepEqual(await hosts({ text: "xmr poo" }), ["10.0.0.3"]);
	assert.deepEqual(await hosts({ text: '"; DROP' }), []);
	assert.deepEqual(await hosts({ until: T0 - 1 }), []);
	assert.equal(await store.count({ since: T0 }), 3);
	const first = await store.find({ limit: 2 });
	const second = await store.find({ limit: 2, cursor: first.next! });
	assert.deepEqual(
		[...first.incidents, ...second.incidents].map(({ host }) => host.address),
		["10.0.0.3", "10.0.0.2", "10.0.0.1"],
	);
	await assert.rejects(store.find({ cursor: "nonsense" }), { name: "UsageError" });
});

test("the first screen's numbers", async (t) => {
	await using store = await IncidentStore.open(storePath(t));
	await store.record(batchOf(miners));
	const statistics = await store.statistics(T0 + 60e6);
	assert.equal(statistics.open, 3);
	assert.deepEqual(statistics.byConfidence, { suspected: 2, probable: 0, confirmed: 1 });
	assert.deepEqual(statistics.byCoin, [{ name: "Monero", incidents: 1 }]);
	assert.deepEqual(statistics.byPool[0], { name: "203.0.113.7:443", incidents: 2 });
	assert.equal(statistics.strip.length, 24);
	assert.deepEqual([statistics.strip[23]!.opened, statistics.strip[23]!.running], [3, 3]);
});

test("a tracker goes on after a restart; the same sightings read again are not counted, stored or notified twice", async (t) => {
	await using store = await IncidentStore.open(storePath(t));
	await store.record(batchOf(miners));
	const tracker = new IncidentTracker({}, await store.recall());
	await store.record(batchOf(miners, tracker));
	assert.equal(await store.ask("outbox", "length", "soc"), 3);
	await store.record(batchOf([sightingAt(10, { miner: { address: "10.0.0.1", port: 50_001 } })], tracker));
	const [incident] = (await store.find({ host: ["10.0.0.1"] })).incidents;
	assert.deepEqual([incident!.flows, incident!.sequence, incident!.confidence], [2, 2, "probable"]);
	assert.equal(await store.ask("outbox", "length", "soc"), 4);
});

test("an outbox row waits until it is delivered, and never a second time", async (t) => {
	await using store = await IncidentStore.open(storePath(t), { outboxCapacity: 2 });
	const outbox = store.outbox<{ id: string }>();
	assert.equal(await outbox.enqueue("soc", { id: "a" }, 1), "queued");
	assert.equal(await outbox.enqueue("soc", { id: "a" }, 2), "known");
	assert.equal(await outbox.enqueue("soc", { id: "b" }, 2), "queued");
	assert.equal(await outbox.enqueue("soc", { id: "c" }, 3), "full");
	assert.equal(await outbox.enqueue("pager", { id: "a" }, 3), "queued");
	await outbox.failed("soc", ["a"], 100);
	assert.deepEqual(await outbox.due("soc", 50, 10), [{ notification: { id: "b" }, attempts: 0, enqueuedAt: 2 }]);
	assert.equal(await outbox.nextDue("soc"), 2);
	await outbox.delivered("soc", ["b"]);
	assert.equal(await outbox.enqueue("soc", { id: "b" }, 4), "known");
	assert.deepEqual(await outbox.due("soc", 100, 10), [{ notification: { id: "a" }, attempts: 1, enqueuedAt: 1 }]);
	assert.deepEqual([await outbox.length("soc"), await outbox.oldest("soc")], [1, 1]);
	assert.equal(await outbox.expire("soc", 10), 1);
	assert.equal(await outbox.nextDue("soc"), undefined);
});

test("allowlist, remarks, audit trail, users and sessions are kept", async (t) => {
	await using store = await IncidentStore.open(storePath(t));
	const batch = batchOf(miners);
	await store.ask("books", "putAllowlistEntry", "e1", "api", { reason: "course" }, 5);
	await store.record({ ...batch, hits: new Map([["e1", { count: 2, last: T0 }]]) });
	assert.deepEqual(await store.ask("books", "allowlist"), [
		{ id: "e1", source: "api", entry: { reason: "course" }, created: 5, hits: 2, lastHit: T0 },
	]);
	const { id } = batch.updated[0]!.incident;
	const remark = { at: 7, author: "jd", kind: "not-a-miner", text: "VPN" } as const;
	assert.equal(await store.ask("books", "addRemark", id, remark), true);
	assert.equal(await store.ask("books", "addRemark", "unknown", remark), false);
	assert.deepEqual({ ...(await store.ask("books", "remarks", id))[0] }, remark);
	assert.equal((await store.ask("books", "labels"))[0]!.incident, id);
	await store.ask("books", "putUser", { name: "jd", role: "operator", hash: "x", created: 1 });
	const session = { tokenHash: "t", user: "jd", kind: "session", name: "", created: 1, expires: 10 } as const;
	await store.ask("books", "putSession", session);
	assert.equal((await store.ask("books", "session", "t", 9))?.user, "jd");
	assert.equal(await store.ask("books", "session", "t", 10), undefined);
	await store.ask("books", "removeUser", "jd");
	assert.equal(await store.ask("books", "session", "t", 9), undefined);
	const record = { at: 1, actor: "jd", action: "allow", subject: "e1", detail: "" };
	await store.ask("books", "audit", record);
	assert.deepEqual({ ...(await store.ask("books", "auditTrail", 10))[0] }, record);
});
