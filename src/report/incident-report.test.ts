import assert from "node:assert/strict";
import { test } from "node:test";
import { stripVTControlCharacters } from "node:util";
import type { Incident } from "../incident/incident.ts";
import { incidentExample, outputOf, poolExample } from "./incident.testing.ts";
import { incidentLines, incidentTable } from "./incident-report.ts";
import { memoryOutput } from "./memory-output.testing.ts";
import type { Totals } from "./totals.ts";

const totals: Totals = {
	inputs: 1_234,
	packets: 4_200_000_000,
	flows: 12_345_678,
	miner_flows: 12,
	mining_hosts: 1,
	not_judged_by_shape: 12_345,
	seconds: 12.5,
	malformed: { "tcp: header cut": 3, "ip: length below that of its headers": 14 },
	warnings: [],
};

const options = { width: 120, colour: false, announce: false };

async function table(incidents: readonly Incident[], change: Partial<Parameters<typeof incidentTable>[1]> = {}) {
	const output = memoryOutput();
	const report = incidentTable(output, { ...options, ...change });
	await report.write(outputOf(...incidents));
	await report.close(totals);
	return output.text();
}

const long: Incident = {
	...incidentExample,
	id: "b",
	host: { address: "2001:db8:1234:5678:9abc:def0:1234:5678", network: "HPC cluster in the basement" },
	confidence: "probable",
	allowedBy: ["x"],
	pools: [
		{ ...poolExample, serverName: `${"very-long-name.".repeat(10)}pool.example`, software: "x".repeat(200) },
		{ ...poolExample, key: "other", coin: "Ethereum Classic" },
	],
};

for (const width of [80, 120, 200]) {
	test(`every line fits ${width} columns, with one row per host`, async () => {
		for (const colour of [false, true]) {
			const lines = (await table([incidentExample, long], { width, colour })).split("\n");
			for (const line of lines) assert.ok(stripVTControlCharacters(line).length <= width, line);
			assert.equal(lines.filter((line) => /10\.0\.0\.5|2001:db8/.test(line)).length, 2);
		}
	});
}

test("a wide table tells times, pools, coin, software, wallet, signals and amounts", async () => {
	const text = await table([incidentExample], { width: 200 });
	assert.match(text, /^host +confidence +seen \(UTC\) +pools +coin +software +wallet +found by +flows +bytes\n/);
	assert.match(
		text,
		/10\.0\.0\.5 +confirmed +2023-11-14 22:13–23:13 +pool\.example:3333 +Monero +XMRig 6\.21\.0 +44AFFq +payload +12 +60\.0 kB\n/,
	);
});

test("the headline counts hosts by confidence, and suspected ones do not mine", async () => {
	const suspected: Incident = { ...incidentExample, id: "c", host: { address: "10.0.0.6" }, confidence: "suspected" };
	assert.match(await table([incidentExample, suspected]), /\n1 host mines: 1 confirmed; 1 host is suspected\.\n/);
	assert.match(await table([suspected]), /\n1 host is suspected\.\n/);
	assert.match(await table([]), /^No miner found\.\n/);
});

test("--host shows everything about its hosts, and no probability against payload", async () => {
	const text = await table([incidentExample, long], { hosts: ["10.0.0.5"] });
	assert.match(
		text,
		/^10\.0\.0\.5 has been mining Monero at pool\.example:3333 since 2023-11-14 22:13 UTC; confirmed\n/,
	);
	assert.match(text, /\n {4}outcome +working\n/);
	assert.match(text, /\n {4}shape +mining in 0 of 12 time slices\n/);
	assert.doesNotMatch(text, /2001:db8|0\.000/);
	assert.match(await table([incidentExample], { hosts: ["10.9.9.9"] }), /^No mining of 10\.9\.9\.9 found\.\n/);
});

test("a live table says what happens, and shows the last state of each incident", async () => {
	const output = memoryOutput();
	const report = incidentTable(output, { ...options, announce: true });
	await report.write(outputOf({ ...incidentExample, confidence: "suspected" }));
	await report.write(outputOf(incidentExample));
	await report.close(totals);
	assert.match(output.text(), /^\d\d:\d\d:\d\d {2}opened /);
	assert.equal(output.text().match(/10\.0\.0\.5 +confirmed/g)?.length, 1);
	assert.doesNotMatch(output.text(), /10\.0\.0\.5 +suspected/);
});

test("text of the network cannot command the terminal", async () => {
	const hostile = {
		...incidentExample,
		pools: [{ ...poolExample, software: "\u001b]0;owned\u0007\n", coin: "\u202eX" }],
	};
	for (const hosts of [undefined, ["10.0.0.5"]])
		assert.doesNotMatch(await table([hostile], hosts && { hosts }), /\p{Cf}|(?=\p{Cc})[^\n]|owned\n/u);
});

test("lines are written as events come, of the asked hosts only", async () => {
	const output = memoryOutput();
	const report = incidentLines(output, ({ incident }) => incident.host.address, ["10.0.0.5"]);
	await report.write(outputOf(incidentExample, long));
	assert.equal(output.text(), "10.0.0.5\n");
	await report.close(totals);
});
