import { deepEqual, equal, rejects } from "node:assert/strict";
import { test } from "node:test";
import { busConflict, busFailure, isConflict, type StoredMessage } from "./bus.ts";
import { CommitChain } from "./commit-chain.ts";
import { Lease } from "./lease.ts";
import { MemoryBus } from "./memory-bus.ts";
import { NO_PROGRESS } from "./sighting-message.ts";

type Append = MemoryBus["append"];

/** A bus whose next append to `sightings` does something else. */
class FaultyBus extends MemoryBus {
	fault: ((append: () => ReturnType<Append>) => ReturnType<Append>) | undefined;

	override async append(...args: Parameters<Append>): Promise<number> {
		const { fault } = this;
		if (fault === undefined || args[0].family !== "sightings") return super.append(...args);
		this.fault = undefined;
		return fault(() => super.append(...args));
	}
}

const log = { family: "sightings", key: "0" } as const;
const at = (position: number) => ({ ...NO_PROGRESS, position });

async function positions(bus: MemoryBus): Promise<number[]> {
	const found: StoredMessage[] = [];
	const abort = new AbortController();
	const last = (await bus.last(log))!.sequence;
	for await (const message of bus.read(log, 1, abort.signal)) {
		found.push(message);
		if (message.sequence === last) break;
	}
	return found.map(({ headers }) => Number(headers.position));
}

test("a commit whose answer was lost is not stored twice", async () => {
	await using bus = new FaultyBus();
	const chain = new CommitChain(bus, 0, (await Lease.take(bus, 0, "a"))!);
	await chain.begin();
	bus.fault = async (append) => {
		await append();
		throw busFailure("no answer", undefined);
	};
	await chain.commit("sightings", at(1));
	await chain.commit("sightings", at(2));
	deepEqual(await positions(bus), [0, 1, 2]);
});

test("a commit that is refused for the sake of a message that does not exist is made again", async () => {
	await using bus = new FaultyBus();
	const chain = new CommitChain(bus, 0, (await Lease.take(bus, 0, "a"))!);
	await chain.begin();
	bus.fault = async () => {
		throw busConflict(log, 1);
	};
	await chain.commit("sightings", at(1));
	deepEqual(await positions(bus), [0, 1]);
});

test("a commit after another owner's is refused", async () => {
	await using bus = new FaultyBus();
	const chain = new CommitChain(bus, 0, (await Lease.take(bus, 0, "a"))!);
	await chain.begin();
	await bus.append(log, { headers: { owner: "999", position: "5" }, body: new Uint8Array(0) });
	await rejects(chain.commit("sightings", at(1)), isConflict);
	equal((await bus.last(log))!.headers.owner, "999");
});
