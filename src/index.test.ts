import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import {
	createDetectMemory,
	createDetector,
	DEFAULT_OPTIONS,
	detect,
	explain,
	flowAt,
	meterCapture,
	openByteSource,
	openModel,
	VerdictColumns,
} from "./index.ts";

const samples = fileURLToPath(new URL("../samples/", import.meta.url));
const model = fileURLToPath(new URL("../models/default.model", import.meta.url));

test("a program of ten lines finds the miners of a capture and says why", async () => {
	const detector = createDetector(openModel(model), DEFAULT_OPTIONS);
	const memory = createDetectMemory(DEFAULT_OPTIONS);
	const verdictColumns = new VerdictColumns(DEFAULT_OPTIONS);
	const found: string[] = [];
	const capture = readdirSync(samples).find((name) => name.startsWith("monero-xmrig.pcap"))!;
	for await (const flows of meterCapture(openByteSource(samples + capture))) {
		const verdicts = detect(flows, detector, memory, verdictColumns);
		for (const i of verdicts.miners.subarray(0, verdicts.minerCount)) {
			const { miningProtocol } = explain(flows, i, verdicts, detector);
			found.push(`${flowAt(flows, i).sourceAddress} ${miningProtocol}`);
		}
	}
	assert.ok(found.includes("192.168.7.31 monero-stratum"));
	assert.ok(found.includes("192.168.7.32 monero-stratum"));
});
