import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { type Bus, type Family, isConflict, LEASE_MS, type Log, type StoredMessage } from "./bus.ts";

const message = (text: string, headers: Record<string, string> = {}) => ({ headers, body: Buffer.from(text) });
const textOf = ({ body }: StoredMessage) => Buffer.from(body).toString();

/** What every implementation of `Bus` does. `open` gives a bus with 4 empty partitions. */
export function testBusContract(name: string, skip: string | false, open: () => Promise<Bus & AsyncDisposable>): void {
	test(`${name}: appended messages come back in order, with headers and key`, { skip }, async () => {
		await using bus = await open();
		const log = { family: "flows", key: "2" } as const;
		await bus.append(log, message("a", { input: "Wert: ä\n%", sequence: "1" }));
		await bus.append({ family: "flows", key: "3" }, message("other"));
		await bus.append(log, message("b"));
		const read = await take(bus, log, 1, 2);
		deepEqual(read.map(textOf), ["a", "b"]);
		deepEqual(read[0]!.headers, { input: "Wert: ä\n%", sequence: "1" });
		deepEqual(
			read.map(({ key, sequence }) => [key, sequence]),
			[
				["2", 1],
				["2", 2],
			],
		);
	});

	test(`${name}: a reader begins where it asks to and gets what is appended later`, { skip }, async () => {
		await using bus = await open();
		const log = { family: "flows", key: "0" } as const;
		for (const text of ["a", "b", "c"]) await bus.append(log, message(text));
		const reading = take(bus, log, 2, 4);
		await sleep(100);
		for (const text of ["d", "e"]) await bus.append(log, message(text));
		deepEqual((await reading).map(textOf), ["b", "c", "d", "e"]);
	});

	test(`${name}: a message with a known identifier is stored once`, { skip }, async () => {
		await using bus = await open();
		const log = { family: "flows", key: "1" } as const;
		equal(await bus.append(log, message("a"), { id: "s:1" }), 1);
		equal(await bus.append(log, message("a"), { id: "s:1" }), 1);
		equal(await bus.append(log, message("b"), { id: "s:2" }), 2);
		deepEqual((await take(bus, log, 1, 2)).map(textOf), ["a", "b"]);
	});

	test(`${name}: of writers that append after the same sighting, one succeeds`, { skip }, async () => {
		await using bus = await open();
		const log = { family: "sightings", key: "1" } as const;
		const first = await bus.append(log, message("first"), { after: 0 });
		await bus.append({ family: "sightings", key: "2" }, message("other partition"), { after: 0 });
		const second = await bus.append(log, message("second"), { after: first });
		await rejects(bus.append(log, message("too late"), { after: first }), isConflict);
		await rejects(bus.append(log, message("not the first"), { after: 0 }), isConflict);
		equal(await winners(bus, log, second), 1);
		deepEqual((await take(bus, log, 1, 2)).map(textOf), ["first", "second"]);
	});

	test(`${name}: of workers that take the same lease, one succeeds, and only it can renew or give it back`, {
		skip,
	}, async () => {
		await using bus = await open();
		const log = { family: "leases", key: "1" } as const;
		equal(await winners(bus, log, 0), 1);
		const held = (await bus.last(log))!.sequence;
		const renewed = await bus.append(log, message("renewed"), { after: held });
		await rejects(bus.append(log, message("stale"), { after: held }), isConflict);
		await bus.trim(log, held + 1);
		equal((await bus.last(log))?.sequence, renewed, "giving back an old lease does not harm the new one");
		await bus.trim(log, renewed + 1);
		equal(await bus.last(log), undefined);
		equal(await winners(bus, log, 0), 1);
	});

	test(`${name}: leases and records keep the last message of a key`, { skip }, async () => {
		await using bus = await open();
		for (const family of ["leases", "records"] satisfies Family[]) {
			const log = { family, key: "7" };
			equal(await bus.last(log), undefined);
			await bus.append(log, message("a"));
			await bus.append(log, message("b"));
			await bus.append({ family, key: "8" }, message("other"));
			equal(textOf((await bus.last(log))!), "b");
			deepEqual((await bus.keys(family)).filter((key) => key !== "layout").sort(), ["7", "8"]);
		}
	});

	test(`${name}: a lease is gone when its time is over, and can be taken again`, { skip }, async () => {
		await using bus = await open();
		const log = { family: "leases", key: "4" } as const;
		const held = await bus.append(log, message("a"), { after: 0 });
		await sleep(LEASE_MS + 1500);
		equal(await bus.last(log), undefined);
		await rejects(bus.append(log, message("late renewal"), { after: held }), isConflict);
		await bus.append(log, message("b"), { after: 0 });
	});

	test(`${name}: trimmed messages are gone, and reading goes on behind them`, { skip }, async () => {
		await using bus = await open();
		const log = { family: "flows", key: "0" } as const;
		for (const text of ["a", "b", "c", "d"]) await bus.append(log, message(text));
		await bus.trim(log, 3);
		deepEqual((await take(bus, log, 1, 2)).map(textOf), ["c", "d"]);
	});

	test(`${name}: a reader that is aborted ends`, { skip }, async () => {
		await using bus = await open();
		const abort = new AbortController();
		const reading = (async () => {
			for await (const _ of bus.read({ family: "sightings", key: "0" }, 1, abort.signal));
		})();
		await sleep(200);
		abort.abort();
		await reading;
	});
}

/** How many of eight writers succeed in appending after the same sequence. */
async function winners(bus: Bus, log: Log, after: number): Promise<number> {
	const writers = Array.from({ length: 8 }, (_, k) => bus.append(log, message(`writer ${k}`), { after }));
	const outcomes = await Promise.allSettled(writers);
	for (const outcome of outcomes) ok(outcome.status === "fulfilled" || isConflict(outcome.reason));
	return outcomes.filter(({ status }) => status === "fulfilled").length;
}

async function take(bus: Bus, log: Log, from: number, count: number): Promise<StoredMessage[]> {
	const taken: StoredMessage[] = [];
	const abort = new AbortController();
	for await (const each of bus.read(log, from, abort.signal)) {
		taken.push(each);
		if (taken.length === count) break;
	}
	abort.abort();
	return taken;
}
