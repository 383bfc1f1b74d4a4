import assert from "node:assert/strict";
import { test } from "node:test";
import { dissentAt, PAYLOAD_OF_MINER, PAYLOAD_OF_POOL, sightingAt } from "../incident/sighting.testing.ts";
import { IncidentTracker, type TrackerOutput } from "../incident/tracker.ts";
import { Delivery } from "../notify/delivery.ts";
import { FORMATS } from "../notify/formats/formats.ts";
import { MemoryOutbox } from "../notify/memory-outbox.ts";
import type { Notification } from "../notify/notification.ts";
import { POLICY_DEFAULT, type ReceiverPlan } from "../notify/receiver.ts";
import { SELECT_DEFAULT } from "../notify/selection.ts";
import { eventually, RecordingTransport, sampleSender } from "../notify/testing.ts";
import { IncidentStore } from "../store/incident-store.ts";
import { storePath } from "../store/store.testing.ts";
import { IncidentWriter } from "./incident-writer.ts";

const confirmed = sightingAt(0, { decidedBy: "stratum", evidence: [PAYLOAD_OF_MINER, PAYLOAD_OF_POOL] });
const totals = {} as Parameters<Parameters<IncidentWriter["sink"]>[0]["onClose"] & object>[0];

function recordingPlan(): { plan: ReceiverPlan; transport: RecordingTransport } {
	const transport = new RecordingTransport();
	return {
		transport,
		plan: { name: "soc", selection: SELECT_DEFAULT, format: FORMATS.json, transport, policy: POLICY_DEFAULT },
	};
}

test("with a store an event is in the outbox in the transaction that writes its incident", async (t) => {
	const store = await IncidentStore.open(storePath(t));
	t.after(() => store[Symbol.asyncDispose]());
	const { plan, transport } = recordingPlan();
	const delivery = new Delivery(store.outbox<Notification>(), { ...sampleSender, now: Date.now });
	t.after(() => delivery[Symbol.asyncDispose]());
	delivery.add([plan]);
	const writer = new IncidentWriter({ tracker: new IncidentTracker(), store, delivery });
	writer.tracker.add(confirmed);
	await writer.finish();
	assert.equal((await store.find()).incidents.length, 1);
	await eventually(() => transport.sent.length === 1);
	await delivery[Symbol.asyncDispose]();
	// A new tracker goes on where the old one ended: the same record changes nothing.
	const outputs: TrackerOutput[] = [];
	const tracker = new IncidentTracker({}, await store.recall());
	const next = new IncidentWriter({ tracker, store, onOutput: (output) => void outputs.push(output) });
	next.tracker.add(confirmed);
	await next.finish();
	assert.deepEqual(
		outputs.flatMap(({ events }) => events),
		[],
	);
});

test("without a store receivers get every event, in its order", async (t) => {
	const { plan, transport } = recordingPlan();
	const delivery = new Delivery(new MemoryOutbox(), sampleSender);
	t.after(() => delivery[Symbol.asyncDispose]());
	delivery.add([plan]);
	const told: string[] = [];
	const onOutput = ({ events }: TrackerOutput) => void told.push(...events.map(({ kind }) => kind));
	const writer = new IncidentWriter({ tracker: new IncidentTracker({ lateness: 0 }), delivery, onOutput });
	writer.tracker.add(sightingAt(0));
	writer.tracker.add(sightingAt(10));
	const first = writer.commit();
	writer.tracker.add(sightingAt(20, { evidence: [PAYLOAD_OF_MINER, PAYLOAD_OF_POOL], decidedBy: "stratum" }));
	await Promise.all([first, writer.finish()]);
	await writer.advance(sightingAt(120).at);
	assert.deepEqual(told, ["opened", "escalated", "escalated", "closed"]);
	await eventually(() => transport.sent.length === told.length);
});

test("a commit without news writes nothing", async () => {
	let outputs = 0;
	const writer = new IncidentWriter({ tracker: new IncidentTracker(), onOutput: () => void outputs++ });
	await writer.commit();
	writer.tracker.dissent(dissentAt(0));
	await writer.commit();
	assert.equal(outputs, 0);
});

test("the sink wants dissents, and fails where what it feeds fails", async () => {
	const tracker = new IncidentTracker();
	const writer = new IncidentWriter({
		tracker,
		onOutput: () => {
			throw new Error("the report is gone");
		},
	});
	const sink = writer.sink({ name: "incidents" });
	assert.equal(sink.wantsDissents, true);
	tracker.add(confirmed);
	await assert.rejects(sink.close(totals), /the report is gone/);
});
