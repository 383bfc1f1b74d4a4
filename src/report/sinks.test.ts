import assert from "node:assert/strict";
import { test } from "node:test";
import type { Explanation } from "../detect/explanation.ts";
import { REASON, type Verdicts } from "../detect/verdicts.ts";
import { columnsOfFlows } from "../flow/columns-of-flows.ts";
import { csvSink } from "./csv-sink.ts";
import { jsonSink } from "./json-sink.ts";
import { ndjsonSink } from "./ndjson-sink.ts";
import { minerFlow } from "./reported-flow.testing.ts";
import { tableSink } from "./table-sink.ts";
import type { TextOutput } from "./text-output.ts";
import type { Totals } from "./totals.ts";
import type { DecidedBatch, VerdictSink } from "./verdict-sink.ts";

class Gathered implements TextOutput {
	text = "";
	closed = false;
	readonly name = "gathered";
	async write(text: string) {
		this.text += text;
	}
	async flush() {}
	async abandon() {}
	async close() {
		this.closed = true;
	}
}

const totals: Totals = {
	inputs: 1,
	packets: 42,
	flows: 2,
	miner_flows: 1,
	mining_hosts: 1,
	not_judged_by_shape: 1,
	seconds: 0.5,
	malformed: { "tcp: header cut": 3 },
	warnings: [],
};

const explanation: Explanation = {
	evidence: [
		{ signal: "payload", direction: "forward", protocol: "stratum", message: "mining.subscribe", excerpt: "…" },
	],
	minerIsSource: true,
	miningProtocol: "stratum",
	coin: 'Bit"coin',
};

const ordinary: Explanation = { evidence: [], minerIsSource: true };

function batch(all: boolean): DecidedBatch {
	const escapeCharacter = String.fromCharCode(27);
	const flows = columnsOfFlows([
		minerFlow,
		{ ...minerFlow, sourcePort: 5, serverName: `a,b${escapeCharacter}[2J.example` },
	]);
	const verdicts: Verdicts = {
		length: 2,
		reasons: Uint8Array.of(REASON.STRATUM, REASON.NONE),
		decidedBy: Uint8Array.of(REASON.STRATUM, REASON.ML),
		probabilities: Float64Array.of(Number.NaN, Number.NaN),
		scores: Float64Array.of(Number.NaN, Number.NaN),
		decidedAt: Float64Array.of(Number.NaN, Number.NaN),
		miners: Uint32Array.of(0),
		minerCount: 1,
		skipped: new Uint8Array(2),
	};
	return {
		input: "a.pcap",
		flows,
		verdicts,
		reported: Uint32Array.from(all ? [0, 1] : [0]),
		indexOf: (i) => flows.firstIndex + i,
		explain: (i) => (i === 0 ? explanation : ordinary),
	};
}

async function written(make: (output: TextOutput) => VerdictSink, batches: DecidedBatch[]): Promise<string> {
	const output = new Gathered();
	const sink = make(output);
	for (const each of batches) await sink.write(each);
	await sink.close(totals);
	assert.ok(output.closed);
	return output.text;
}

test("NDJSON has its keys in the promised order and leaves absent values out", async () => {
	const [line, rest] = (await written(ndjsonSink, [batch(false)])).split("\n") as [string, string];
	assert.equal(rest, "");
	assert.deepEqual(Object.keys(JSON.parse(line)), [
		"index",
		"input",
		"time_first",
		"time_last",
		"src_ip",
		"src_port",
		"dst_ip",
		"dst_port",
		"protocol",
		"bytes",
		"bytes_rev",
		"packets",
		"packets_rev",
		"miner",
		"reason",
		"miner_ip",
		"pool_ip",
		"mining_protocol",
		"coin",
		"evidence",
	]);
	assert.equal(JSON.parse(line).time_first, "2023-11-14T22:13:20.000001Z");
});

test("flows that are not mining have neither reason nor miner", async () => {
	const line = (await written(ndjsonSink, [batch(true)])).split("\n")[1]!;
	const record = JSON.parse(line);
	assert.equal(record.miner, false);
	assert.deepEqual([record.reason, record.miner_ip, record.evidence], [undefined, undefined, undefined]);
});

test("CSV quotes cells if needed and has a header even without findings", async () => {
	const lines = (await written(csvSink, [batch(true)])).split("\r\n");
	assert.equal(lines.length, 4);
	assert.match(lines[1]!, /,"Bit""coin",/);
	assert.ok(lines[2]!.includes(',"a,b\\u{1b}[2J.example",false,'));
	assert.match(await written(csvSink, []), /^index,input,.*,score\r\n$/);
});

test("JSON is one document with the totals, and with metrics if there are some", async () => {
	const document = JSON.parse(
		await written((output) => jsonSink(output, () => ({ f1: 1 })), [batch(false), batch(false)]),
	);
	assert.equal(document.flows.length, 2);
	assert.deepEqual([document.totals.flows, document.metrics.f1], [2, 1]);
	assert.deepEqual(JSON.parse(await written(jsonSink, [])).flows, []);
});

test("the table has a row per conversation, one line of totals, and the skipped records", async () => {
	const options = { width: 250, colour: false, announce: false };
	const text = await written((output) => tableSink(output, options), [batch(false), batch(false)]);
	assert.match(text, /^first seen \(UTC\) +miner +pool +protocol +coin +found by +flows +packets +bytes\n/);
	assert.match(text, /10\.0\.0\.5:49152 +203\.0\.113\.7:3333 +stratum +Bit"coin +payload +2 +84 +16\.0 kB\n/);
	assert.match(
		text,
		/\n1 host mines, in 1 conversation\.\n1 capture · 42 packets · 2 flows · 1 miner flow · 0\.50 s · 84 packets\/s\n/,
	);
	assert.match(text, /tcp: header cut \(3\)/);
});

test("a narrow terminal gets every cell too, one below the other, and a live table announces", async () => {
	const narrow = await written(
		(output) => tableSink(output, { width: 60, colour: false, announce: false }),
		[batch(false)],
	);
	for (const cell of ["10.0.0.5:49152", "203.0.113.7:3333", "stratum"]) assert.ok(narrow.includes(cell));
	assert.ok(narrow.split("\n").every((line) => !line.includes("10.0.0.5") || line.length <= 60));
	const live = await written(
		(output) => tableSink(output, { width: 250, colour: false, announce: true }),
		[batch(false), batch(false)],
	);
	assert.equal(live.match(/mines at 203/g)?.length, 1);
});

test("text from the wire cannot control the terminal", async () => {
	const hostile = batch(false);
	const escaped = { ...hostile, explain: () => ({ ...explanation, software: "\u001b]0;owned\u0007" }) };
	const text = await written((output) => tableSink(output, { width: 250, colour: false, announce: true }), [escaped]);
	assert.ok(!text.includes("\u001b"));
});
