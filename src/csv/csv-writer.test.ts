import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { PassThrough, Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { needsShared, sharedPath } from "../../lab/shared-data.ts";
import { byteSourceOf } from "../bytes/byte-source.ts";
import { columnsOfFlows } from "../flow/columns-of-flows.ts";
import { type Flow, flowAt } from "../flow/flow.ts";
import { arbitraryFlow } from "../flow/testing.ts";
import { METER_FIELDS, type UnirecField, type UnirecType } from "../flow/unirec-fields.ts";
import { CsvEncoder, fieldsOf } from "./csv-encoder.ts";
import { openCsvSource } from "./csv-source.ts";
import { createCsvWriter } from "./csv-writer.ts";

const sourceOf = (bytes: Uint8Array) => openCsvSource(byteSourceOf("flows.csv", Readable.from([bytes])));

test("written flows are read back unchanged", async () => {
	await fc.assert(
		fc.asyncProperty(fc.array(arbitraryFlow(), { minLength: 1, maxLength: 5 }), async (drawn) => {
			const flows: Flow[] = drawn.map((flow) => ({ ...flow, serverName: flow.serverName.replaceAll(/[^ -~]/g, "") }));
			const encoder = new CsvEncoder();
			const bytes = Buffer.concat([encoder.header, encoder.encode(columnsOfFlows(flows))]);
			const back: Flow[] = [];
			for await (const batch of sourceOf(bytes)) for (let i = 0; i < batch.length; i++) back.push(flowAt(batch, i));
			assert.deepEqual(back, flowsAgain(flows));
		}),
		{ numRuns: 300 },
	);
});

/** A flow as a batch returns it: addresses in canonical form. */
function flowsAgain(flows: readonly Flow[]): Flow[] {
	const columns = columnsOfFlows(flows);
	return flows.map((_, i) => flowAt(columns, i));
}

test("strings are quoted as NEMEA's logger does: marks doubled, newlines to spaces, unprintable characters left out", () => {
	const flow = { ...fc.sample(arbitraryFlow(), { numRuns: 1, seed: 1 })[0]!, serverName: 'a"b\nc\u0001é,' };
	const row = Buffer.from(new CsvEncoder([{ type: "string", name: "TLS_SNI" }]).encode(columnsOfFlows([flow])));
	assert.equal(row.toString(), '"a""b c,"\n');
});

test("only the selected flows are written, and the header even without flows", async () => {
	const flows = columnsOfFlows(fc.sample(arbitraryFlow(), { numRuns: 4, seed: 2 }));
	const output = new PassThrough();
	const text = buffer(output);
	const writer = createCsvWriter(output, [{ type: "uint16", name: "SRC_PORT" }]);
	await writer.write(flows, new Uint32Array([2, 0]));
	await writer.close();
	output.end();
	assert.equal((await text).toString(), `uint16 SRC_PORT\n${flows.sourcePort[2]}\n${flows.sourcePort[0]}\n`);
});

test("extras and attributes have columns of their own", () => {
	const columns = columnsOfFlows([{ ...fc.sample(arbitraryFlow(), { numRuns: 1 })[0]!, label: "Miner", vlan: 7 }]);
	assert.deepEqual(fieldsOf(columns).slice(20), [
		{ type: "string", name: "LABEL" },
		{ type: "uint16", name: "VLAN_ID" },
	]);
	const fields = fieldsOf(columns).slice(20);
	assert.equal(Buffer.from(new CsvEncoder(fields).encode(columns)).toString(), '"Miner",7\n');
});

/** The fields of a typed header line. */
const fieldsIn = (text: string): UnirecField[] =>
	text
		.slice(0, text.indexOf("\n"))
		.split(",")
		.map((cell) => ({ type: cell.split(" ")[0] as UnirecType, name: cell.split(" ")[1]! }));

async function copied(text: string, fields: readonly UnirecField[]): Promise<string> {
	const encoder = new CsvEncoder(fields);
	const parts: Uint8Array[] = [Buffer.from(encoder.header)];
	for await (const batch of sourceOf(Buffer.from(text))) parts.push(Buffer.from(encoder.encode(batch)));
	return Buffer.concat(parts).toString();
}

test("files of NEMEA's logger are copied byte for byte, except counters that exceed a double", {
	skip: needsShared("golden/detector/inputs"),
}, async () => {
	for (const name of ["c10k.csv.gz", "l10k.csv.gz"]) {
		const text = gunzipSync(readFileSync(sharedPath(`golden/detector/inputs/${name}`)!)).toString();
		const copy = (await copied(text, fieldsIn(text))).split("\n");
		const different = text.split("\n").filter((line, i) => line !== copy[i]);
		assert.ok(copy.length === 10_002);
		// Counters beyond 2^53 are rounded to the nearest double in a batch.
		for (const line of different)
			assert.ok(
				line
					.split(",")
					.slice(2, 4)
					.some((cell) => Number(cell) >= 2 ** 53),
			);
	}
});

test("flows of the reference exporter are copied byte for byte in the meter's 20 columns", {
	skip: needsShared("golden/meter"),
}, async () => {
	const folder = sharedPath("golden/meter")!;
	let rows = 0;
	for (const name of readdirSync(folder).filter((name) => name.endsWith(".csv.gz"))) {
		const text = gunzipSync(readFileSync(`${folder}/${name}`)).toString();
		assert.ok((await copied(text, fieldsIn(text))) === text, `${name} is copied`);
		assert.deepEqual(fieldsIn(text).slice(0, METER_FIELDS.length), METER_FIELDS);
		rows += text.split("\n").length - 2;
	}
	assert.equal(rows, 2312);
});
