import assert from "node:assert/strict";
import { test } from "node:test";
import { NetworkList, parseNetwork } from "../flow/networks.ts";
import { createNotification } from "./notification.ts";
import { type Selection, select } from "./selection.ts";
import { sampleEvent, sampleIncident } from "./testing.ts";

const confirmed = createNotification(sampleEvent());
const allowed = createNotification(sampleEvent({ incident: sampleIncident({ allowedBy: ["course"] }) }));
const suspected = createNotification(sampleEvent({ incident: sampleIncident({ confidence: "suspected" }) }));

function networks(...prefixes: string[]): Selection {
	const list = new NetworkList(prefixes.map((text) => parseNetwork(text)!));
	return { allowlisted: "no", networks: { list, names: ["HPC cluster"].filter(() => prefixes.length === 0) } };
}

const CASES: readonly [
	title: string,
	notification: typeof confirmed,
	selection: Selection,
	send: boolean,
	why: RegExp,
][] = [
	["no condition", confirmed, { allowlisted: "no" }, true, /every condition/],
	["allowed mining is left out", allowed, { allowlisted: "no" }, false, /allowed by course/],
	["allowed mining, if asked for", allowed, { allowlisted: "also" }, true, /every condition/],
	["only allowed mining", confirmed, { allowlisted: "only" }, false, /not allowed/],
	["certain enough", confirmed, { allowlisted: "no", confidence: "probable" }, true, /every condition/],
	["not certain enough", suspected, { allowlisted: "no", confidence: "probable" }, false, /less than probable/],
	["another event", confirmed, { allowlisted: "no", events: ["closed"] }, false, /opened is not selected/],
	["in a network", confirmed, networks("10.20.0.0/16"), true, /every condition/],
	["in a named network", confirmed, networks(), true, /every condition/],
	["in no network", confirmed, networks("10.21.0.0/16", "::/0"), false, /none of the networks/],
	["a coin, whatever its case", confirmed, { allowlisted: "no", coins: ["monero"] }, true, /every condition/],
	["another coin", confirmed, { allowlisted: "no", coins: ["Kaspa"] }, false, /none of the coins/],
];

for (const [title, notification, selection, send, why] of CASES) {
	test(`selection: ${title}`, () => {
		const decision = select(notification, selection);
		assert.equal(decision.send, send);
		assert.match(decision.reason, why);
	});
}

test("a test notification passes every selection", () => {
	const notification = createNotification(sampleEvent(), { test: true });
	assert.ok(select(notification, { allowlisted: "only", events: ["closed"], coins: ["none"] }).send);
});
