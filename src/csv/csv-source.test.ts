import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { Readable } from "node:stream";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { needsShared, sharedPath } from "../../lab/shared-data.ts";
import { byteSourceOf, openByteSource } from "../bytes/byte-source.ts";
import { totalMalformed } from "../bytes/counters.ts";
import { type Flow, flowAt, textAt } from "../flow/flow.ts";
import { METER_FIELDS } from "../flow/unirec-fields.ts";
import { type CsvOptions, openCsvSource } from "./csv-source.ts";
import { isFlowCsv } from "./header.ts";
import { readPlainRow } from "./row-parser.oracle.testing.ts";

const MINER22_HEADER =
	"uint64 BYTES,uint64 BYTES_REV,time TIME_FIRST,time TIME_LAST,uint32 PACKETS,uint32 PACKETS_REV,uint16 DST_PORT," +
	"uint16 SRC_PORT,uint8 PROTOCOL,uint8 TCP_FLAGS,uint8 TCP_FLAGS_REV,string LABEL,int8* PPI_PKT_DIRECTIONS," +
	"uint8* PPI_PKT_FLAGS,uint16* PPI_PKT_LENGTHS,time* PPI_PKT_TIMES";
const MINER22_ROW =
	"1877,6770,2021-12-14T16:44:48.028528,2021-12-14T16:45:06.021925,20,22,5555,53200,6,31,27,Miner," +
	"[1|-1],[24|16],[517|1380],[2021-12-14T16:44:48.034|2021-12-14T16:44:48.038]";

interface Read {
	readonly flows: Flow[];
	readonly attributes: Record<string, string>[];
	readonly malformed: number;
	readonly reasons: string[];
	readonly warnings: readonly string[];
}

async function read(chunks: readonly (string | Uint8Array)[], options?: CsvOptions): Promise<Read> {
	const source = openCsvSource(
		byteSourceOf("flows.csv", Readable.from(chunks.map((chunk) => Buffer.from(chunk)))),
		options,
	);
	const flows: Flow[] = [];
	const attributes: Record<string, string>[] = [];
	for await (const batch of source) {
		for (let i = 0; i < batch.length; i++) {
			flows.push(flowAt(batch, i));
			const columns = Object.entries(batch.extras.attributes ?? {});
			attributes.push(Object.fromEntries(columns.map(([name, column]) => [name, textAt(column, i)])));
		}
	}
	const { malformed, warnings } = source.counters;
	return { flows, attributes, malformed: totalMalformed(source.counters), reasons: [...malformed.keys()], warnings };
}

test("reads the published data set: typed header, no addresses, payload or server name", async () => {
	const { flows, malformed } = await read([`${MINER22_HEADER}\n${MINER22_ROW}\n`]);
	assert.equal(malformed, 0);
	assert.equal(flows.length, 1);
	const flow = flows[0]!;
	assert.equal(flow.bytes, 1877);
	assert.equal(flow.label, "Miner");
	assert.equal(flow.sourceAddress, "::");
	assert.equal(flow.timeFirst, Date.UTC(2021, 11, 14, 16, 44, 48) * 1000 + 28528);
	assert.deepEqual(flow.packetDirections, [1, -1]);
	assert.deepEqual(flow.packetTimes, [
		Date.UTC(2021, 11, 14, 16, 44, 48) * 1000 + 34000,
		Date.UTC(2021, 11, 14, 16, 44, 48) * 1000 + 38000,
	]);
});

test("columns are found by name: a plain header, another order, epoch times, and further columns as attributes", async () => {
	const typed = MINER22_HEADER.split(",").map((cell) => cell.split(" ")[1]!);
	const order = [...typed.keys()].reverse();
	const row = MINER22_ROW.replaceAll(
		/\d{4}-\d\d-\d\dT[\d:.]+/g,
		(time) => `${new Date(`${time}Z`).getTime() / 1000}`,
	).split(",");
	const text = `${order.map((k) => typed[k]).join()},SITE\r\n${order.map((k) => row[k]).join()},"north, ""2"""\r\n`;
	const plain = await read([text]);
	const expected = await read([
		`${MINER22_HEADER}\n${MINER22_ROW.replace(".028528", ".028").replace(".021925", ".021")}`,
	]);
	assert.deepEqual(plain.flows, expected.flows);
	assert.deepEqual(plain.attributes, [{ SITE: 'north, "2"' }]);
	assert.deepEqual((await read([text], { attributes: [] })).attributes, [{}]);
});

test("a malformed row is counted by reason, the first few are shown with line and column, and reading continues", async () => {
	const bad = [
		MINER22_ROW.replace("1877", "18x77"),
		MINER22_ROW.replace("5555", "70000"),
		MINER22_ROW.replace("2021-12-14", "2021-02-30"),
		MINER22_ROW.replace("[24|16]", "24|16"),
		MINER22_ROW.replace("6770", ""),
		MINER22_ROW.replace("Miner", '"Miner'),
		`${MINER22_ROW},1`,
		"1,2,3",
	];
	const { flows, malformed, warnings, reasons } = await read([
		[MINER22_HEADER, MINER22_ROW, ...bad, MINER22_ROW].join("\n"),
	]);
	assert.equal(flows.length, 2);
	assert.equal(malformed, bad.length);
	assert.deepEqual(warnings, [
		'flows.csv: line 3: column BYTES: not a number: "18x77"',
		'flows.csv: line 4: column DST_PORT: number out of range: "70000"',
		'flows.csv: line 5: column TIME_FIRST: not a time: "2021-02-30T16:44:48.028528"',
		'flows.csv: line 6: column PPI_PKT_FLAGS: not a list: "24|16"',
		"flows.csv: line 7: column BYTES_REV: empty value",
	]);
	assert.deepEqual(reasons.slice(-3), ["csv: quotation not closed", "csv: too many columns", "csv: too few columns"]);
});

test("a quoted field may hold commas, newlines and doubled marks, and lines are still counted right", async () => {
	const quoted = MINER22_ROW.replace("Miner", '"Mi\n""ner"",\n"');
	const { flows, warnings } = await read([[MINER22_HEADER, quoted, "x", quoted].join("\n")]);
	assert.deepEqual(
		flows.map(({ label }) => label),
		['Mi\n"ner",\n', 'Mi\n"ner",\n'],
	);
	assert.match(warnings[0]!, /line 5: column BYTES: not a number: "x"/);
});

test("any division of a file into chunks has the same result", async () => {
	const text = [MINER22_HEADER, MINER22_ROW, MINER22_ROW.replace("Miner", '"a\nb"'), "bad", MINER22_ROW].join("\n");
	const whole = await read([text]);
	assert.equal(whole.flows.length, 3);
	for (const size of [1, 2, 7, 61, 300]) {
		const chunks = Array.from({ length: Math.ceil(text.length / size) }, (_, k) =>
			text.slice(k * size, (k + 1) * size),
		);
		assert.deepEqual(await read(chunks), whole, `chunks of ${size}`);
	}
});

test("a row too long is refused without being buffered", async () => {
	const long = "x".repeat(1 << 16);
	const { flows, malformed, warnings } = await read([
		`${MINER22_HEADER}\n`,
		...Array(40).fill(long),
		`\n${MINER22_ROW}\n`,
	]);
	assert.equal(flows.length, 1);
	assert.equal(malformed, 1);
	assert.match(warnings[0]!, /line 2: .*row too long/);
});

test("the error of a file without flows names the missing columns", async () => {
	await assert.rejects(read(["a,b,c\n1,2,3\n"]), /flows\.csv: header line: no column BYTES, BYTES_REV/);
	await assert.rejects(read([`${MINER22_HEADER},uint64 BYTES\n`]), /column BYTES appears twice/);
	await assert.rejects(read([]), /flows\.csv: the file is empty/);
});

test("an input is recognised by its header line", () => {
	assert.equal(isFlowCsv(Buffer.from(`${MINER22_HEADER}\n1`)), true);
	assert.equal(isFlowCsv(Buffer.from(`\ufeff${MINER22_HEADER}`)), true);
	assert.equal(isFlowCsv(Buffer.from(METER_FIELDS.map(({ name }) => name).join(","))), true);
	assert.equal(isFlowCsv(Buffer.from("BYTES,PACKETS\n")), false);
	assert.equal(isFlowCsv(new Uint8Array([0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0])), false);
	fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => isFlowCsv(bytes) === false));
	for (const odd of ["a\rb", "\u2028", "uint8 \u2029", "\u0085,,"]) assert.equal(isFlowCsv(Buffer.from(odd)), false);
});

const time = fc.oneof(
	fc.date({ min: new Date(0), max: new Date("2105-01-01"), noInvalidDate: true }).map((date) => date.toISOString()),
	fc.tuple(fc.nat(2 ** 31), fc.stringMatching(/^(\.\d{1,9})?$/)).map(([seconds, fraction]) => `${seconds}${fraction}`),
);
const listOf = (element: fc.Arbitrary<string>) =>
	fc.array(element, { maxLength: 4 }).map((all) => (all.length === 0 ? "" : `[${all.join("|")}]`));
const small = fc.nat(255).map(String);

function arbitraryCell(type: string, name: string): fc.Arbitrary<string> {
	if (type === "time") return time;
	if (type === "time*") return listOf(time);
	if (type === "ipaddr") return fc.oneof(fc.ipV4(), fc.ipV6(), fc.constant(""));
	if (type === "bytes") return fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes).toString("hex"));
	if (type === "string") return fc.string().map((text) => `"${text.replaceAll('"', '""')}"`);
	if (name === "PPI_PKT_DIRECTIONS") return listOf(fc.constantFrom("1", "-1", "127", "-128"));
	return type.endsWith("*") ? listOf(small) : small;
}

/** Cells that are invalid, or invalid in some columns only. */
const oddCell = fc.oneof(
	fc.constantFrom(
		"",
		"-1",
		"65536",
		"18446744073709551615",
		"1e3",
		"9".repeat(40),
		"[]",
		"[1|]",
		"[1",
		"[-0]",
		'"1"',
		'""',
	),
	fc.constantFrom(
		"1969-12-31T23:59:59",
		"2020-02-30T00:00:00",
		"2020-13-01T00:00:00",
		"2020-01-01 00:00:00Z",
		"9".repeat(11),
	),
	fc.string({ unit: fc.constantFrom(...'0123456789.:-TZabcf[]|" '), maxLength: 30 }),
);

/** A row that is mostly well formed, with some invalid cells. */
function arbitraryRow(): fc.Arbitrary<string> {
	const cells = fc.tuple(...METER_FIELDS.map(({ type, name }) => arbitraryCell(type, name)));
	const odd = fc.array(fc.tuple(fc.nat(METER_FIELDS.length), oddCell), { maxLength: 2 });
	return fc.tuple(cells, odd).map(([row, odd]) => {
		for (const [at, cell] of odd) row[at] = cell;
		return row.join(",").replaceAll(/[\r\n]/g, " ");
	});
}

test("the fast reader and its oracle agree on every row, malformed ones included", async () => {
	const names = METER_FIELDS.map(({ name }) => name);
	let accepted = 0;
	await fc.assert(
		fc.asyncProperty(fc.array(arbitraryRow(), { maxLength: 5 }), async (rows) => {
			const plain = rows.map((row) => readPlainRow(names, row));
			const { flows, malformed } = await read([`${names.join()}\n${rows.join("\n")}\n`]);
			const expected = plain.flatMap((row) => ("flow" in row ? [row.flow] : []));
			accepted += expected.length;
			assert.deepEqual(flows, expected);
			assert.equal(malformed, rows.length - expected.length);
		}),
		{ numRuns: 2000 },
	);
	assert.ok(accepted > 1000, `only ${accepted} rows were well formed`);
});

test("a dash in the cell after a short number of seconds does not make a date", async () => {
	const { flows, malformed } = await read([
		`${METER_FIELDS.map(({ name }) => name).join()}\n::1,::1,0,0,0,0,0,0,,,,,0,10,"-",,,10,100,100\n`,
	]);
	assert.deepEqual([flows[0]?.timeLast, flows[0]?.serverName, malformed], [10e6, "-", 0]);
});

test("no bytes make the reader fail or miscount", async () => {
	await fc.assert(
		fc.asyncProperty(
			fc.array(
				fc.oneof(
					fc.uint8Array({ maxLength: 80 }),
					arbitraryRow().map((row) => Buffer.from(`${row}\n`)),
				),
				{ maxLength: 8 },
			),
			async (chunks) => {
				const names = METER_FIELDS.map(({ name }) => name);
				const { flows, malformed } = await read([`${names.join()}\n`, ...chunks]);
				assert.ok(flows.length + malformed <= Buffer.concat(chunks).length + 1);
			},
		),
		{ numRuns: 500 },
	);
});

test("reads the labelled flows of the reference data", { skip: needsShared("data/flows/flows.csv.gz") }, async () => {
	const path = sharedPath("data/flows/flows.csv.gz")!;
	const source = openCsvSource(openByteSource(path));
	const lines = gunzipSync(readFileSync(path)).toString().trimEnd().split(/\r?\n/);
	const names = lines[0]!.split(",");
	let line = 1;
	const labels = new Map<string, number>();
	for await (const batch of source) {
		for (let i = 0; i < batch.length; i++) {
			const plain = readPlainRow(names, lines[line++]!);
			assert.ok("flow" in plain);
			assert.deepEqual(flowAt(batch, i), plain.flow);
			assert.equal(textAt(batch.extras.attributes!.SOURCE!, i), plain.attributes.SOURCE);
			labels.set(plain.flow.label!, (labels.get(plain.flow.label!) ?? 0) + 1);
		}
	}
	assert.equal(totalMalformed(source.counters), 0);
	assert.deepEqual(Object.fromEntries(labels), { Miner: 2301, Other: 2944 });
});

test("unclosed quotations take time linear in their bytes", async () => {
	const text = `${MINER22_HEADER}\n${'a"b,"c\n'.repeat(300_000)}`;
	const begin = performance.now();
	const source = openCsvSource(byteSourceOf("rows", Readable.from([Buffer.from(text)])));
	for await (const _ of source);
	assert.ok(performance.now() - begin < 20_000);
	assert.equal(totalMalformed(source.counters), 300_000);
});

test("columns separated by semicolons are read the same, quotation marks included", async () => {
	const rows = [MINER22_HEADER, MINER22_ROW, MINER22_ROW.replace("Miner", '"a,b"')];
	const commas = await read([`${rows.join("\n")}\n`]);
	const text = `${rows.join("\n").replaceAll(",", ";").replace('"a;b"', '"a,b"')}\n`;
	assert.ok(isFlowCsv(Buffer.from(text)));
	for (const chunks of [[text], text.match(/[\s\S]{1,7}/g)!]) assert.deepEqual(await read(chunks), commas);
	assert.equal(commas.flows.length, 2);
});
