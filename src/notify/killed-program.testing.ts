/**
 * A program for at-least-once.test.ts to kill: makes numbered events into a store's outbox, and delivers them.
 * Arguments: store, URL, number of the first event, number of events. Prints a number when its event is safe.
 */
import { IncidentStore } from "../store/incident-store.ts";
import { Delivery } from "./delivery.ts";
import { jsonFormat } from "./formats/json.ts";
import type { Notification } from "./notification.ts";
import { POLICY_DEFAULT } from "./receiver.ts";
import { SELECT_DEFAULT } from "./selection.ts";
import { numberedEvent } from "./testing.ts";
import { HttpTransport } from "./transports/http.ts";

const [path, url, first, count] = process.argv.slice(2) as [string, string, string, string];
const store = await IncidentStore.open(path);
const delivery = new Delivery(store.outbox<Notification>(), { sensor: "killed", version: "1", now: Date.now });
delivery.add([
	{
		name: "hook",
		selection: SELECT_DEFAULT,
		format: jsonFormat,
		transport: new HttpTransport(new URL(url)),
		policy: { ...POLICY_DEFAULT, timeout: 500, backoff: { first: 10, longest: 50 } },
	},
]);
for (let n = Number(first); n < Number(first) + Number(count); n++) {
	await delivery.notify(numberedEvent(n));
	process.stdout.write(`${n}\n`);
	await new Promise((resolve) => setTimeout(resolve, 2));
}
while ((await store.outbox().length("hook")) > 0) await new Promise((resolve) => setTimeout(resolve, 10));
await delivery[Symbol.asyncDispose]();
await store[Symbol.asyncDispose]();
