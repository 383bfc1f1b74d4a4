import { rmSync } from "node:fs";
import { after } from "node:test";
import { IncidentStore } from "../store/incident-store.ts";
import type { Notification } from "./notification.ts";
import { outboxContract } from "./outbox-contract.testing.ts";
import { WorkFolder } from "./peers.testing.ts";

const folder = new WorkFolder();
const stores: IncidentStore[] = [];
after(async () => {
	for (const store of stores) await store[Symbol.asyncDispose]();
	rmSync(folder.path, { recursive: true, force: true });
});

outboxContract("store", async (capacity) => {
	const store = await IncidentStore.open(folder.join(`${stores.length}.db`), { outboxCapacity: capacity });
	stores.push(store);
	return store.outbox<Notification>();
});
