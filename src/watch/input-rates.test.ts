import assert from "node:assert/strict";
import { test } from "node:test";
import { HEALTHY } from "../bytes/component.ts";
import { createCounters } from "../bytes/counters.ts";
import { createDecisionCounters } from "../run/pipeline.ts";
import type { PipelineStatus } from "../run/pipeline-status.ts";
import { InputRates } from "./input-rates.ts";

function statusOf(flows: number, bytesRead: number): PipelineStatus {
	const source = { ...createCounters(), flows, bytesRead };
	const counters = { source, decided: createDecisionCounters() };
	return { input: "live:eth0", state: "running", health: HEALTHY, counters, restarts: 0 };
}

test("rates are those of the last minute", () => {
	const rates = new InputRates();
	for (let second = 0; second <= 120; second += 5) {
		rates.sample([statusOf(second <= 60 ? 0 : 10 * (second - 60), 100 * second)], second * 1000);
	}
	assert.deepEqual(rates.of("live:eth0", 120_000), { flowsPerSecond: 10, bitsPerSecond: 800, idle: 0 });
	assert.deepEqual(rates.of("unknown", 0), { flowsPerSecond: 0, bitsPerSecond: 0, idle: 0 });
});

test("an input that brings nothing is idle; one that was started again begins anew", () => {
	const rates = new InputRates();
	rates.sample([statusOf(100, 1000)], 0);
	rates.sample([statusOf(100, 1000)], 5000);
	assert.equal(rates.of("live:eth0", 8000).idle, 8);
	rates.sample([statusOf(0, 0)], 10_000);
	assert.deepEqual(rates.of("live:eth0", 10_000), { flowsPerSecond: 0, bitsPerSecond: 0, idle: 0 });
	rates.sample([statusOf(50, 0)], 15_000);
	assert.equal(rates.of("live:eth0", 15_000).flowsPerSecond, 10);
	rates.sample([], 20_000);
	assert.equal(rates.of("live:eth0", 20_000).flowsPerSecond, 0);
});
