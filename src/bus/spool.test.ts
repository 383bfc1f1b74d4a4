import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { columnsOfFlows } from "../flow/columns-of-flows.ts";
import { arbitraryFlow } from "../flow/testing.ts";
import { busFailure } from "./bus.ts";
import { FlowPublisher } from "./flow-publisher.ts";
import { MemoryBus } from "./memory-bus.ts";
import { Spool } from "./spool.ts";

const root = mkdtempSync(join(tmpdir(), "decrypto-spool-"));
after(() => rmSync(root, { recursive: true }));

const message = (text: string) => ({ headers: { id: text }, body: Buffer.from(text) });
const textOf = (spool: Spool, partition: number) => {
	const taken = spool.take(partition);
	return taken && Buffer.from(taken.message.body).toString();
};

test("batches come back in order, per partition, also after a restart", () => {
	const directory = join(root, "order");
	const spool = new Spool(directory, 1 << 20);
	for (const text of ["a", "b", "c"]) ok(spool.put(1, message(text)));
	ok(spool.put(2, message("other")));
	equal(textOf(spool, 1), "a");
	const next = new Spool(directory, 1 << 20);
	equal(next.bytes, spool.bytes);
	deepEqual([textOf(next, 1), textOf(next, 1), textOf(next, 1), textOf(next, 1)], ["a", "b", "c", undefined]);
	equal(textOf(next, 2), "other");
});

test("what was delivered is removed, what was not is given back", () => {
	const spool = new Spool(join(root, "back"), 1 << 20);
	spool.put(0, message("a"));
	spool.put(0, message("b"));
	const first = spool.take(0)!;
	spool.giveBack(0, first.file);
	equal(spool.waiting(0), 2);
	const again = spool.take(0)!;
	deepEqual(again, first);
	spool.remove(again.file);
	equal(textOf(spool, 0), "b");
});

test("a full spool refuses; damaged and unfinished files are skipped", () => {
	const directory = join(root, "full");
	const spool = new Spool(directory, 100);
	ok(spool.put(0, message("x".repeat(20))));
	equal(spool.put(0, message("y".repeat(100))), false);
	writeFileSync(join(directory, "0-000000000-000000000.batch"), "no JSON");
	writeFileSync(join(directory, "0-000000000-000000001.batch.part"), "half");
	equal(textOf(new Spool(directory, 1000), 0), "x".repeat(20));
	equal(readdirSync(directory).length, 1);
	throws(() => new Spool("/dev/null/x", 1), /spool \/dev\/null\/x/);
});

/** A bus that takes no flows for a while. */
class InterruptedBus extends MemoryBus {
	isDown = true;
	override async append(...[log, ...rest]: Parameters<MemoryBus["append"]>) {
		if (this.isDown && log.family === "flows") throw busFailure("down", undefined);
		return super.append(log, ...rest);
	}
}

test("while the bus is down nothing waits: batches go to memory, then the spool, then are dropped and counted", async () => {
	await using bus = new InterruptedBus();
	const spool = new Spool(join(root, "down"), 3 << 20);
	const publisher = new FlowPublisher(bus, { sensor: "s", partitions: 2, spool });
	const flows = columnsOfFlows(fc.sample(arbitraryFlow(), { seed: 1, numRuns: 2000 }));
	let longest = 0;
	while (publisher.counters.droppedBatches === 0) {
		const begin = performance.now();
		publisher.write("i", flows);
		longest = Math.max(longest, performance.now() - begin);
		ok(spool.bytes <= 3 << 20);
		await sleep(1);
	}
	ok(publisher.counters.spooled > 0);
	ok(publisher.counters.droppedFlows > 0);
	equal(publisher.health().state, "degraded");
	ok(longest < 2000, `writing took ${longest} ms`);
	bus.isDown = false;
	await publisher.close();
	const { batches, accepted, droppedBatches } = publisher.counters;
	equal(accepted, batches - droppedBatches);
	equal(spool.bytes, 0);
});

test("what a sensor could not send, its next run sends", async () => {
	await using bus = new InterruptedBus();
	const directory = join(root, "next");
	const flows = columnsOfFlows(fc.sample(arbitraryFlow(), { seed: 2, numRuns: 50 }));
	const first = new FlowPublisher(bus, { sensor: "s", partitions: 2, spool: new Spool(directory, 1 << 20) });
	first.write("i", flows);
	await first.close(10);
	await sleep(600);
	ok(first.counters.spooled > 0);
	bus.isDown = false;
	const second = new FlowPublisher(bus, { sensor: "s", partitions: 2, spool: new Spool(directory, 1 << 20) });
	await second.close();
	equal(second.counters.accepted, first.counters.batches);
});
