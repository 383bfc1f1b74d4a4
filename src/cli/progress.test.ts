import assert from "node:assert/strict";
import { test } from "node:test";
import { createCounters } from "../bytes/counters.ts";
import { progressLine } from "./progress.ts";

test("the line tells what was read, how fast, and how long it still takes", () => {
	const counters = createCounters(4_000_000);
	Object.assign(counters, { bytesRead: 1_000_000, packets: 20_000, flows: 30 });
	assert.equal(
		progressLine("a.pcap", counters, 2),
		"a.pcap 25 % of 4.0 MB · 20,000 packets · 10,000/s · 30 flows · 6.00 s left",
	);
});

test("a live source has no end to count down to", () => {
	const counters = createCounters();
	Object.assign(counters, { bytesRead: 5000, packets: 10, flows: 0 });
	assert.equal(progressLine("-", counters, 1), "- 5.0 kB · 10 packets · 10/s · 0 flows");
});
