import { Readable } from "node:stream";
import { Random } from "../lab/random.ts";
import { byteSourceOf } from "../src/bytes/byte-source.ts";
import { CsvEncoder } from "../src/csv/csv-encoder.ts";
import { openCsvSource } from "../src/csv/csv-source.ts";
import { readPlainRow } from "../src/csv/row-parser.oracle.testing.ts";
import type { FlowColumns } from "../src/flow/flow-columns.ts";
import { METER_FIELDS } from "../src/flow/unirec-fields.ts";

/**
 * Rows of the published CESNET-MINER22 layout (16 columns, 2 … 30 packets per flow, times with a fraction) into
 * batches, on one core, memory bounded by a batch; and batches to NEMEA logger rows. For comparison the plain reader of
 * strings.
 */
const NAMES =
	"BYTES BYTES_REV TIME_FIRST TIME_LAST PACKETS PACKETS_REV DST_PORT SRC_PORT PROTOCOL TCP_FLAGS TCP_FLAGS_REV LABEL " +
	"PPI_PKT_DIRECTIONS PPI_PKT_FLAGS PPI_PKT_LENGTHS PPI_PKT_TIMES";
const names = NAMES.split(" ");
const ROWS = 20_000;
const REPETITIONS = 25;

const random = new Random(22);
const time = (seconds: number) => new Date(seconds * 1000).toISOString().replace("Z", "");
const lines = Array.from({ length: ROWS }, () => {
	const packets = random.integer(2, 30);
	const begin = 1_639_500_000 + random.uniform(0, 86_400);
	const list = (make: () => string | number) => `[${Array.from({ length: packets }, make).join("|")}]`;
	const scalars = [
		random.integer(100, 1e6),
		random.integer(100, 1e7),
		time(begin),
		time(begin + random.uniform(0, 300)),
	];
	const rest = [packets, packets, random.integer(1, 65535), random.integer(1024, 65535), 6, 27, 27];
	const lists = [list(() => random.pick([1, -1])), list(() => 24), list(() => random.integer(1, 1460))];
	return [
		...scalars,
		...rest,
		random.pick(["Miner", "Other"]),
		...lists,
		list(() => time(begin + random.uniform(0, 300))),
	].join();
});
const block = Buffer.from(`${lines.join("\n")}\n`);

let flows = 0;
const cpu = process.threadCpuUsage();
const begun = performance.now();
let peak = 0;
const input = Readable.from(repeated());
for await (const batch of openCsvSource(byteSourceOf("benchmark", input))) {
	flows += batch.length;
	if (batch.firstIndex % 80_000 < batch.length) peak = Math.max(peak, process.memoryUsage().rss);
}
const seconds = (performance.now() - begun) / 1000;
const { user, system } = process.threadCpuUsage(cpu);
const busy = (user + system) / 1e6;
const megabytes = (block.length * REPETITIONS) / 1e6;
const remarks = [
	`${(megabytes / seconds).toFixed(0)} MB/s`,
	`peak RSS ${(peak / 1e6).toFixed(0)} MB`,
	`${Math.round(flows / busy).toLocaleString("en")} per second of the thread's processor time, which had ${((100 * busy) / seconds).toFixed(0)} % of a core`,
];
show("read", flows / seconds, remarks.join(", "));

const plainBegun = performance.now();
for (const line of lines) readPlainRow(names, line);
show(
	"read, plain",
	(1000 * lines.length) / (performance.now() - plainBegun),
	"strings and expressions, one object a flow",
);

const encoder = new CsvEncoder(METER_FIELDS);
const [batch] = await firstBatches();
const writeBegun = performance.now();
let written = 0;
for (let k = 0; k < 30; k++) {
	encoder.encode(batch!);
	written += batch!.length;
}
show("write", (1000 * written) / (performance.now() - writeBegun), "20 columns");

async function firstBatches(): Promise<FlowColumns[]> {
	const source = openCsvSource(byteSourceOf("benchmark", Readable.from([Buffer.from(`${names.join()}\n`), block])));
	for await (const batch of source) return [batch];
	return [];
}

function* repeated(): Generator<Uint8Array> {
	yield Buffer.from(`${names.join()}\n`);
	for (let k = 0; k < REPETITIONS; k++) yield* chunks(block, 1 << 20);
}

function* chunks(bytes: Uint8Array, size: number): Generator<Uint8Array> {
	for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

function show(what: string, rate: number, remark: string): void {
	console.log(`${what.padEnd(12)} ${Math.round(rate).toLocaleString("en").padStart(9)} rows/s   ${remark}`);
}
