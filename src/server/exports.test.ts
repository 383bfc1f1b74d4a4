import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { test } from "node:test";
import { byteSourceOf } from "../bytes/byte-source.ts";
import { openCsvSource } from "../csv/csv-source.ts";
import { TrainingFlows } from "../evaluate/training-flows.ts";
import { type Flow, flowAt } from "../flow/flow.ts";
import { sightingAt } from "../incident/sighting.testing.ts";
import type { Sighting } from "../incident/sighting.ts";
import { READERS } from "../notify/formats/readers.testing.ts";
import { HOSTILE_NAME, startServer, type TestServer, threeHosts } from "./client.testing.ts";
import { EXPORT_FORMATS } from "./schemas/incident.ts";

async function exported(server: TestServer, query: string) {
	const { status, headers, text, body } = await server.call("GET", `/incidents/export?${query}`);
	assert.equal(status, 200, text);
	return { text, body, type: headers.get("content-type")!, disposition: headers.get("content-disposition")! };
}

/** RFC 4180: rows of cells. */
function readCsv(text: string): string[][] {
	const rows = text.split("\r\n").filter((row) => row !== "");
	return rows.map((row) =>
		[...row.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) =>
			quoted === undefined ? plain! : quoted.replaceAll('""', '"'),
		),
	);
}

test("CSV has one row an incident; text from the network is visible, quoted and no formula", async (t) => {
	const server = await startServer(t);
	await server.daemon.see([
		...threeHosts(),
		sightingAt(3, { miner: { address: "10.3.7.24", port: 1 }, serverName: "=HYPERLINK(1).pool.example" }),
	]);
	const { text, type, disposition } = await exported(server, "format=csv");
	assert.match(type, /^text\/csv/);
	assert.equal(disposition, 'attachment; filename="incidents.csv"');
	const [header, ...rows] = readCsv(text);
	assert.equal(rows.length, 4);
	const column = (name: string) => rows.map((row) => row[header!.indexOf(name)]);
	assert.deepEqual(column("address"), ["10.3.7.24", "10.3.7.23", "10.3.7.22", "10.3.7.21"]);
	assert.deepEqual(column("pools")[0], "'=hyperlink(1).pool.example");
	assert.equal(column("pools")[2], '*.<script>alert(1)</script>"\\u202e\\x1b[31m,=1+1');
	assert.deepEqual(column("coins")[3], "Monero");
	// biome-ignore lint/suspicious/noControlCharactersInRegex: controls are what must not occur.
	assert.doesNotMatch(text.replaceAll("\r\n", ""), /[\x00-\x1f\u202e]/);
});

test("JSON is a list of whole incidents; filters hold", async (t) => {
	const server = await startServer(t);
	await server.daemon.see(threeHosts());
	const all = JSON.parse((await exported(server, "format=json")).text);
	const { incident } = (await server.call("GET", `/incidents/${all[2].id}`)).body;
	assert.deepEqual(all[2], incident);
	assert.equal(JSON.parse((await exported(server, "format=json&confidence=confirmed")).text).length, 1);
	assert.deepEqual(JSON.parse((await exported(server, "format=json&text=nothing")).text), []);
});

test("every format of notifications gives what its reader understands", async (t) => {
	const server = await startServer(t);
	await server.daemon.see(threeHosts().slice(0, 1));
	for (const format of EXPORT_FORMATS) {
		if (format === "csv" || format === "json") continue;
		const { text } = await exported(server, `format=${format}`);
		const { serverName, sentence } = READERS[format](text.trimEnd());
		assert.equal(serverName, "xmr.pool.example", format);
		assert.match(sentence, /10\.3\.7\.21/, format);
	}
});

test("an export of more than a page contains each incident once", async (t) => {
	const server = await startServer(t);
	const hosts = Array.from({ length: 1203 }, (_, i) => `10.1.${Math.floor(i / 200)}.${i % 200}`);
	await server.daemon.see(hosts.map((address, i) => sightingAt(i / 1000, { miner: { address, port: 1 } })));
	const rows = readCsv((await exported(server, "format=csv")).text).slice(1);
	assert.equal(new Set(rows.map(([id]) => id)).size, 1203);
	assert.equal(rows.length, 1203);
	assert.equal(JSON.parse((await exported(server, "format=json")).text).length, 1203);
});

test("a bundle that would be too large is refused before it begins", async (t) => {
	const server = await startServer(t);
	server.daemon.store.count = async () => 2001;
	const { status, body } = await server.call("GET", "/incidents/export?format=stix");
	assert.deepEqual([status, body.error.code], [400, "too-many"]);
	assert.equal((await server.call("GET", "/incidents/export?format=xml")).status, 400);
});

/** The labelled flows as `decrypto train` reads them. */
async function labelledFlows(server: TestServer) {
	const { text } = await server.call("GET", "/model/labelled-flows");
	const training = new TrainingFlows(["PUSH_SHARE"], [], undefined);
	const flows: Flow[] = [];
	const source = openCsvSource(byteSourceOf("labelled-flows.csv", Readable.from([Buffer.from(text)])));
	for await (const batch of source) {
		training.add(batch);
		for (let i = 0; i < batch.length; i++) flows.push(flowAt(batch, i));
	}
	return { flows, training, counters: source.counters };
}

test("flows of labelled incidents are what training reads, as the sensor saw them", async (t) => {
	const server = await startServer(t);
	const [first, second, third] = threeHosts() as [Sighting, Sighting, Sighting];
	const turned = { ...second, explanation: { ...second.explanation, minerIsSource: false } };
	await server.daemon.see([first, turned, third]);
	const { body } = await server.call("GET", "/incidents?sort=host&ascending=true");
	const [miner, other] = body.incidents.map(({ id }: { id: string }) => id);
	const label = async (incident: string, text: string) =>
		server.call("POST", "/incidents/actions", {
			body: { incidents: [incident], action: { action: "label", label: text } },
		});
	await label(miner, "miner");
	server.daemon.clock += 1;
	await label(other, "not-a-miner");
	const { flows, training, counters } = await labelledFlows(server);
	assert.deepEqual(Object.values(counters.malformed), []);
	assert.deepEqual([training.rows, training.unlabelled, training.shapeless], [2, 0, 0]);
	assert.deepEqual([...training.matrix(false).labels], [1, 0]);
	const { packets } = first;
	assert.deepEqual(flows[0]!.packetTimes.map(Number), packets!.times);
	assert.deepEqual([...flows[0]!.packetDirections], packets!.directions);
	assert.deepEqual([flows[0]!.bytes, flows[0]!.bytesReverse], [1000, 4000]);
	assert.equal(flows[0]!.sourcePort, 50_021);
	// The pool was the source: what it sent is forward.
	assert.deepEqual(
		[...flows[1]!.packetDirections],
		packets!.directions.map((each) => -each),
	);
	assert.deepEqual([flows[1]!.bytes, flows[1]!.bytesReverse, flows[1]!.sourcePort], [4000, 1000, 443]);
	assert.equal(flows[1]!.serverName, HOSTILE_NAME.replace(/[^ -~]/g, ""));
});

test("flows without TCP flags or of early reports are left out of the export", async (t) => {
	const server = await startServer(t);
	const [first, second] = threeHosts() as [Sighting, Sighting];
	const { flags: _, ...withoutFlags } = second.packets!;
	await server.daemon.see([
		{ ...first, part: "early", flowId: "1" },
		{ ...second, packets: withoutFlags },
	]);
	const incidents = (await server.call("GET", "/incidents")).body.incidents.map(({ id }: { id: string }) => id);
	await server.call("POST", "/incidents/actions", { body: { incidents, action: { action: "label", label: "miner" } } });
	assert.equal((await labelledFlows(server)).flows.length, 0);
});
