import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createNotification, type Notification } from "./notification.ts";
import type { Outbox } from "./outbox.ts";
import { numberedEvent } from "./testing.ts";

function notification(n: number): Notification {
	return createNotification(numberedEvent(n));
}

async function idsDue(outbox: Outbox, receiver: string, now: number, limit = 100): Promise<number[]> {
	return (await outbox.due(receiver, now, limit)).map((entry) => entry.notification.event.sequence);
}

/** What every outbox keeps to. `make` opens an empty one that holds at most `capacity` entries per receiver. */
export function outboxContract(name: string, make: (capacity: number) => Promise<Outbox>): void {
	describe(`outbox: ${name}`, () => {
		test("gives entries back oldest first, at most as many as asked for, until they are delivered", async () => {
			const outbox = await make(10);
			for (const n of [1, 2, 3]) assert.equal(await outbox.enqueue("a", notification(n), 1000 + n), "queued");
			assert.deepEqual(await idsDue(outbox, "a", 2000, 2), [1, 2]);
			await outbox.delivered("a", [notification(1).id]);
			assert.deepEqual(await idsDue(outbox, "a", 2000), [2, 3]);
			assert.equal(await outbox.length("a"), 2);
			assert.equal(await outbox.oldest("a"), 1002);
		});

		test("the whole notification survives", async () => {
			const outbox = await make(10);
			await outbox.enqueue("a", notification(7), 1);
			const [entry] = await outbox.due("a", 1, 1);
			assert.deepEqual(entry, { notification: notification(7), attempts: 0, enqueuedAt: 1 });
		});

		test("the same event waits once per receiver, and never again after its delivery", async () => {
			const outbox = await make(10);
			assert.equal(await outbox.enqueue("a", notification(1), 1), "queued");
			assert.equal(await outbox.enqueue("a", notification(1), 2), "known");
			assert.equal(await outbox.enqueue("b", notification(1), 2), "queued");
			await outbox.delivered("a", [notification(1).id]);
			assert.equal(await outbox.enqueue("a", notification(1), 3), "known");
			assert.equal(await outbox.length("a"), 0);
			assert.equal(await outbox.length("b"), 1);
		});

		test("a failed entry is due again at its time, with one attempt more", async () => {
			const outbox = await make(10);
			await outbox.enqueue("a", notification(1), 1);
			await outbox.failed("a", [notification(1).id], 500);
			assert.deepEqual(await idsDue(outbox, "a", 499), []);
			assert.equal(await outbox.nextDue("a"), 500);
			assert.equal((await outbox.due("a", 500, 1))[0]!.attempts, 1);
		});

		test("a full outbox refuses the newest entry and keeps the oldest", async () => {
			const outbox = await make(2);
			for (const n of [1, 2]) await outbox.enqueue("a", notification(n), n);
			assert.equal(await outbox.enqueue("a", notification(3), 3), "full");
			assert.deepEqual(await idsDue(outbox, "a", 10), [1, 2]);
			assert.equal(await outbox.enqueue("b", notification(3), 3), "queued");
		});

		test("expires entries by age", async () => {
			const outbox = await make(10);
			for (const n of [1, 2, 3]) await outbox.enqueue("a", notification(n), n * 100);
			assert.equal(await outbox.expire("a", 300), 2);
			assert.deepEqual(await idsDue(outbox, "a", 1000), [3]);
		});

		test("gives up what waits for others than the receivers that are named", async () => {
			const outbox = await make(10);
			for (const receiver of ["a", "b", "c"]) await outbox.enqueue(receiver, notification(1), 1);
			await outbox.enqueue("b", notification(2), 2);
			await outbox.delivered("c", [notification(1).id]);
			assert.deepEqual([...(await outbox.abandonOthers(["a"]))], [["b", 2]]);
			assert.deepEqual([await outbox.length("a"), await outbox.length("b")], [1, 0]);
			assert.equal((await outbox.abandonOthers(["a"])).size, 0);
		});

		test("knows nothing of receivers it never saw", async () => {
			const outbox = await make(10);
			assert.equal(await outbox.length("x"), 0);
			assert.equal(await outbox.oldest("x"), undefined);
			assert.equal(await outbox.nextDue("x"), undefined);
			await outbox.delivered("x", ["none"]);
			await outbox.failed("x", ["none"], 1);
		});
	});
}
