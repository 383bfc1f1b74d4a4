import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import fc from "fast-check";
import { parquetWriteFile } from "hyparquet-writer";
import { needsShared, sharedPath } from "../../lab/shared-data.ts";
import { openByteSource } from "../bytes/byte-source.ts";
import { totalMalformed } from "../bytes/counters.ts";
import { columnsOfFlows } from "../flow/columns-of-flows.ts";
import { type Flow, flowAt, textAt } from "../flow/flow.ts";
import type { FlowSource } from "../flow/flow-source.ts";
import { arbitraryFlow } from "../flow/testing.ts";
import { openCsvSource } from "./csv-source.ts";
import { isParquet } from "./parquet-magic.ts";
import { openParquetSource } from "./parquet-source.ts";
import { createParquetWriter } from "./parquet-writer.ts";

const folder = mkdtempSync(join(tmpdir(), "decrypto-parquet-"));
after(() => rmSync(folder, { recursive: true }));
const path = join(folder, "flows.parquet");

async function flowsOf(source: FlowSource): Promise<Flow[]> {
	const flows: Flow[] = [];
	for await (const batch of source) for (let i = 0; i < batch.length; i++) flows.push(flowAt(batch, i));
	return flows;
}

test("written flows are read back unchanged, lists, bytes and microseconds included", async () => {
	await fc.assert(
		fc.asyncProperty(
			fc.array(arbitraryFlow(), { minLength: 1, maxLength: 6 }),
			fc.boolean(),
			async (drawn, labelled) => {
				const flows = drawn.map((flow): Flow => (labelled ? { ...flow, label: "Miner", vlan: 7 } : flow));
				const columns = columnsOfFlows(flows);
				const writer = createParquetWriter(path);
				await writer.write(columns);
				await writer.close();
				const source = openParquetSource(path);
				assert.deepEqual(
					await flowsOf(source),
					flows.map((_, i) => flowAt(columns, i)),
				);
				assert.equal(totalMalformed(source.counters), 0);
			},
		),
		{ numRuns: 60 },
	);
	assert.ok(isParquet(readFileSync(path)));
});

test("only the selected flows are written, over several row groups", async () => {
	const columns = columnsOfFlows(fc.sample(arbitraryFlow(), { numRuns: 3, seed: 1 }));
	const writer = createParquetWriter(path);
	for (let k = 0; k < 9000; k++) await writer.write(columns, new Uint32Array([2, 0]));
	await writer.close();
	const ports: number[] = [];
	let batches = 0;
	for await (const batch of openParquetSource(path)) {
		assert.equal(batch.firstIndex, ports.length);
		ports.push(...batch.sourcePort.subarray(0, batch.length));
		batches++;
	}
	assert.equal(ports.length, 18_000);
	assert.ok(batches >= 3);
	assert.ok(ports.every((port, k) => port === columns.sourcePort[k % 2 === 0 ? 2 : 0]));
});

const numbers = (name: string, ...data: number[]) => ({ name, data, type: "INT32" as const });
const strings = (name: string, ...data: string[]) => ({ name, data, type: "STRING" as const });

test("foreign files: text in place of lists and times, doubles, missing columns, invalid rows", async () => {
	parquetWriteFile({
		filename: path,
		columnData: [
			numbers("BYTES", 1, -5, 3),
			numbers("BYTES_REV", 1, 2, 3),
			numbers("PACKETS", 10, 20, 30),
			numbers("PACKETS_REV", 10, 20, 30),
			numbers("SRC_PORT", 1, 2, 3),
			numbers("DST_PORT", 1, 2, 3),
			numbers("PROTOCOL", 6, 6, 6),
			{ name: "TIME_FIRST", data: [1600000000.25, 1, 2], type: "DOUBLE" as const },
			strings("TIME_LAST", "2020-09-13T12:26:41.5", "1", "never"),
			strings("PPI_PKT_LENGTHS", "[1|2]", "", ""),
			strings("LABEL", "Miner", "Other", "Other"),
			strings("SITE", "north", "south", "south"),
		],
	});
	const source = openParquetSource(path);
	for await (const batch of source) {
		assert.equal(batch.length, 1);
		const flow = flowAt(batch, 0);
		assert.equal(flow.timeFirst, 1600000000250000);
		assert.equal(flow.timeLast, 1600000001500000);
		assert.deepEqual(flow.packetLengths, [1, 2]);
		assert.equal(flow.label, "Miner");
		assert.equal(textAt(batch.extras.attributes!.SITE!, 0), "north");
	}
	assert.equal(source.counters.flows, 1);
	assert.deepEqual(source.counters.warnings, [
		`${path}: row 2: column BYTES: number out of range`,
		`${path}: row 3: column TIME_LAST: not a time`,
	]);
});

test("a file that is not Parquet, truncated, or without flows, is a one-line error", async () => {
	parquetWriteFile({ filename: path, columnData: [numbers("BYTES", 1)] });
	await assert.rejects(flowsOf(openParquetSource(path)), /flows\.parquet: no column BYTES_REV, PACKETS/);
	const whole = readFileSync(path);
	writeFileSync(path, whole.subarray(0, whole.length - 10));
	await assert.rejects(flowsOf(openParquetSource(path)), /flows\.parquet: parquet file invalid/);
	await assert.rejects(flowsOf(openParquetSource(join(folder, "none"))), /none: no such file/);
});

test("bytes that are not Parquet are a one-line error", async () => {
	const writer = createParquetWriter(path);
	await writer.write(columnsOfFlows(fc.sample(arbitraryFlow(), { numRuns: 20, seed: 3 })));
	await writer.close();
	const whole = readFileSync(path);
	await fc.assert(
		fc.asyncProperty(
			fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
			async (changes) => {
				const bytes = Buffer.from(whole);
				for (const [at, value] of changes) bytes[at] = value;
				writeFileSync(path, bytes);
				await flowsOf(openParquetSource(path)).catch((error: Error) => assert.equal(error.name, "DeCryptoError"));
			},
		),
		{ numRuns: 200 },
	);
});

test("the labelled flows of the reference data are unchanged by writing and reading Parquet", {
	skip: needsShared("data/flows/flows.csv.gz"),
}, async () => {
	const csv = openCsvSource(openByteSource(sharedPath("data/flows/flows.csv.gz")!));
	const writer = createParquetWriter(path);
	const expected: Flow[] = [];
	for await (const batch of csv) {
		for (let i = 0; i < batch.length; i++) expected.push(flowAt(batch, i));
		await writer.write(batch);
	}
	await writer.close();
	assert.deepEqual(await flowsOf(openParquetSource(path)), expected);
});

test("a file whose row groups take more time or memory than allowed is refused with the reason", async () => {
	const columns = columnsOfFlows(fc.sample(arbitraryFlow(), { numRuns: 100, seed: 2 }));
	const writer = createParquetWriter(path);
	await writer.write(columns);
	await writer.close();
	const limits = { milliseconds: 60_000, millisecondsPerMebibyte: 0, growth: 2 ** 40 };
	assert.equal((await flowsOf(openParquetSource(path, {}, limits))).length, 100);
	const impatient = openParquetSource(path, {}, { ...limits, milliseconds: -1 });
	await assert.rejects(flowsOf(impatient), {
		code: "parquet",
		message: /takes more than .* to decode; the file is damaged/,
	});
	const frugal = openParquetSource(path, {}, { ...limits, growth: -(2 ** 40) });
	await assert.rejects(flowsOf(frugal), { code: "parquet", message: /needs more than .* MiB of memory/ });
});

for (const name of ["parquet-hang-1647", "bomb"]) {
	const file = `cases/files/${name}.parquet`;
	test(`a file that would occupy the library is refused early: ${name}`, { skip: needsShared(file) }, async () => {
		const limits = { milliseconds: 500, millisecondsPerMebibyte: 1000, growth: 2 ** 31 };
		await assert.rejects(flowsOf(openParquetSource(sharedPath(file)!, {}, limits)), { code: "parquet" });
	});
}
