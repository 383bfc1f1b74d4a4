import assert from "node:assert/strict";
import { test } from "node:test";
import { Delivery } from "./delivery.ts";
import { jsonFormat } from "./formats/json.ts";
import { MemoryOutbox } from "./memory-outbox.ts";
import type { Outbox } from "./outbox.ts";
import { type DeliveryPolicy, POLICY_DEFAULT, type ReceiverPlan } from "./receiver.ts";
import { SELECT_DEFAULT } from "./selection.ts";
import { eventually, numberedEvent, RecordingTransport } from "./testing.ts";
import { RejectedError, type Transport } from "./transport.ts";

const sender = { sensor: "s", version: "1", now: Date.now };

function plan(name: string, transport: Transport, policy: Partial<DeliveryPolicy> = {}): ReceiverPlan {
	const quick = { timeout: 100, backoff: { first: 5, longest: 20 } };
	return {
		name,
		selection: SELECT_DEFAULT,
		format: jsonFormat,
		transport,
		policy: { ...POLICY_DEFAULT, ...quick, ...policy },
	};
}

function sequences(transport: RecordingTransport): number[] {
	return transport.sent.flat().map(({ event }) => event.sequence);
}

async function notifyAll(delivery: Delivery, count: number): Promise<void> {
	for (let n = 1; n <= count; n++) await delivery.notify(numberedEvent(n));
}

test("every event arrives once at every receiver, in order", async () => {
	await using delivery = new Delivery(new MemoryOutbox(), sender);
	const [a, b] = [new RecordingTransport(), new RecordingTransport()];
	delivery.add([plan("a", a), plan("b", b)]);
	await notifyAll(delivery, 20);
	await eventually(() => a.sent.length === 20 && b.sent.length === 20);
	assert.deepEqual(
		sequences(a),
		Array.from({ length: 20 }, (_, i) => i + 1),
	);
	await delivery.notify(numberedEvent(20));
	await delivery.drain(1000);
	assert.equal(a.sent.length, 20);
});

test("a receiver that hangs, refuses or fails delays no other, and everything arrives when it is well again", async () => {
	await using delivery = new Delivery(new MemoryOutbox(), sender);
	let sick = true;
	const hanging = new RecordingTransport(() => (sick ? new Promise(() => {}) : Promise.resolve()));
	const failing = new RecordingTransport(async () => {
		if (sick) throw new Error("HTTP 500");
	});
	const well = new RecordingTransport();
	delivery.add([plan("hanging", hanging), plan("failing", failing), plan("well", well)]);
	await notifyAll(delivery, 5);
	await eventually(() => well.sent.length === 5);
	const health = (name: string) => delivery.receivers.find((receiver) => receiver.name === name)!.health();
	await eventually(() => health("failing").state === "failed" && health("hanging").state !== "ok");
	assert.match(health("failing").reason!, /HTTP 500/);
	assert.match(health("hanging").reason!, /no answer within 0.1 s/);
	assert.deepEqual(health("well"), { state: "ok" });
	sick = false;
	await eventually(() => hanging.sent.length === 5 && failing.sent.length === 5);
	assert.deepEqual(sequences(failing), [1, 2, 3, 4, 5]);
	assert.equal(health("failing").state, "ok");
});

test("a rejected message waits while the others pass", async () => {
	await using delivery = new Delivery(new MemoryOutbox(), sender);
	const picky = new RecordingTransport(async ({ notifications }) => {
		if (notifications[0]!.event.sequence === 2) throw new RejectedError("HTTP 400");
	});
	delivery.add([plan("picky", picky, { giveUp: 200 })]);
	await notifyAll(delivery, 4);
	await eventually(() => picky.sent.length === 3);
	assert.deepEqual(sequences(picky), [1, 3, 4]);
	const [receiver] = delivery.receivers;
	await eventually(() => receiver!.counters.expired === 1);
	assert.equal(receiver!.counters.waiting, 0);
});

test("a full outbox counts what it drops, and detection goes on", async () => {
	await using delivery = new Delivery(new MemoryOutbox(3), sender);
	const down = new RecordingTransport(async () => {
		throw new Error("down");
	});
	delivery.add([plan("down", down, { backoff: { first: 10_000, longest: 10_000 } })]);
	await notifyAll(delivery, 10);
	const [receiver] = delivery.receivers;
	assert.equal(receiver!.counters.dropped, 7);
	assert.equal(receiver!.health().state, "degraded");
});

test("an outbox that fails is counted and does not reach detection", async () => {
	const broken = new MemoryOutbox() as Outbox;
	broken.enqueue = async () => {
		throw new Error("disk full");
	};
	await using delivery = new Delivery(broken, sender);
	delivery.add([plan("a", new RecordingTransport())]);
	await delivery.notify(numberedEvent(1));
	assert.equal(delivery.receivers[0]!.counters.outboxFaults, 1);
});

test("a digest is one message per interval", async () => {
	await using delivery = new Delivery(new MemoryOutbox(), sender);
	const mail = new RecordingTransport();
	delivery.add([plan("mail", mail, { every: 150, batch: 100 })]);
	await delivery.notify(numberedEvent(1));
	await eventually(() => mail.sent.length === 1);
	for (let n = 2; n <= 6; n++) await delivery.notify(numberedEvent(n));
	assert.equal(mail.sent.length, 1);
	await eventually(() => mail.sent.length === 2);
	assert.deepEqual(
		mail.sent.map((message) => message.length),
		[1, 5],
	);
});

test("draining sends a digest at once and ends in time if the receiver hangs", async () => {
	await using delivery = new Delivery(new MemoryOutbox(), sender);
	const mail = new RecordingTransport();
	const hanging = new RecordingTransport(() => new Promise(() => {}));
	delivery.add([plan("mail", mail, { every: 60_000, batch: 10 }), plan("hanging", hanging, { timeout: 60_000 })]);
	await delivery.notify(numberedEvent(1));
	await eventually(() => mail.sent.length === 1);
	await delivery.notify(numberedEvent(2));
	const begin = Date.now();
	await delivery.drain(300);
	assert.ok(Date.now() - begin < 1000);
	assert.deepEqual(sequences(mail), [1, 2]);
});

test("what an ended program left in the outbox is delivered by the next", async () => {
	const outbox = new MemoryOutbox();
	{
		await using first = new Delivery(outbox, sender);
		first.add([plan("a", new RecordingTransport(() => new Promise(() => {})), { timeout: 60_000 })]);
		await notifyAll(first, 3);
	}
	const transport = new RecordingTransport();
	await using second = new Delivery(outbox, sender);
	second.add([plan("a", transport)]);
	await eventually(() => transport.sent.length === 3);
});

test("a removed receiver is closed, and the others stay", async () => {
	await using delivery = new Delivery(new MemoryOutbox(), sender);
	const [a, b] = [new RecordingTransport(), new RecordingTransport()];
	delivery.add([plan("a", a), plan("b", b)]);
	await delivery.remove(["a"]);
	assert.ok(a.closed);
	await delivery.notify(numberedEvent(1));
	await eventually(() => b.sent.length === 1);
	assert.equal(a.sent.length, 0);
});

test("ctl test sends a marked incident and tells the outcome of each receiver", async () => {
	await using delivery = new Delivery(new MemoryOutbox(), sender);
	const good = new RecordingTransport();
	const bad = new RecordingTransport(async () => {
		throw new Error("connection refused");
	});
	delivery.add([plan("good", good), plan("bad", bad)]);
	assert.deepEqual(await delivery.test(), [
		{ receiver: "good", delivered: true },
		{ receiver: "bad", delivered: false, reason: "connection refused" },
	]);
	assert.ok(good.sent[0]![0]!.test);
	assert.deepEqual((await delivery.test("good")).length, 1);
});

test("rows that a store wrote with the events are delivered after a wake", async () => {
	const outbox = new MemoryOutbox();
	await using delivery = new Delivery(outbox, sender);
	const [a, b] = [new RecordingTransport(), new RecordingTransport()];
	const closedOnly = { ...SELECT_DEFAULT, events: ["closed" as const] };
	delivery.add([plan("a", a), { ...plan("b", b), selection: closedOnly }]);
	await delivery.drain(100);
	const rows = delivery.rowsOf([numberedEvent(1), numberedEvent(2)]);
	assert.deepEqual(
		rows.map(({ receiver, notification }) => [receiver, notification.event.sequence]),
		[
			["a", 1],
			["a", 2],
		],
	);
	for (const { receiver, notification, enqueuedAt } of rows) await outbox.enqueue(receiver, notification, enqueuedAt);
	delivery.wake();
	await eventually(() => a.sent.length === 2);
	assert.equal(delivery.receivers[1]!.counters.unselected, 2);
});
