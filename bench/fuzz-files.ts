import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import fc from "fast-check";
import type { Random } from "../lab/random.ts";
import { byteSourceOf } from "../src/bytes/byte-source.ts";
import { openCsvSource } from "../src/csv/csv-source.ts";
import { openParquetSource } from "../src/csv/parquet-source.ts";
import { createParquetWriter } from "../src/csv/parquet-writer.ts";
import { columnsOfFlows } from "../src/flow/columns-of-flows.ts";
import type { FlowSource } from "../src/flow/flow-source.ts";
import { arbitraryFlow } from "../src/flow/testing.ts";
import { openLogSource } from "../src/logs/log-source.ts";
import { mutated } from "./fuzz-mutate.ts";

/** A file of 100 kB is decoded in milliseconds: one that needs more of either is refused, which is what is tried. */
const PARQUET_LIMITS = { milliseconds: 1000, millisecondsPerMebibyte: 100, growth: 2 ** 28 };

const CSV = [
	"ipaddr SRC_IP,ipaddr DST_IP,uint16 SRC_PORT,uint16 DST_PORT,uint8 PROTOCOL,time TIME_FIRST,time TIME_LAST,uint32 PACKETS,uint32 PACKETS_REV,uint64 BYTES,uint64 BYTES_REV,string TLS_SNI\n" +
		"192.0.2.1,198.51.100.2,40000,3333,6,2025-01-01T00:00:00.000000,2025-01-01T00:01:00.000000,9,8,900,800,pool.example\n" +
		'192.0.2.1,2001:db8::1,40000,443,6,2025-01-01T00:00:00,2025-01-01T00:01:00,9,8,900,800,"a ""quoted"", name"\n',
	"SRC_IP;DST_IP;SRC_PORT;DST_PORT;PROTOCOL;TIME_FIRST;TIME_LAST;PACKETS;PACKETS_REV;BYTES;BYTES_REV\n" +
		"192.0.2.1;198.51.100.2;40000;3333;6;2025-01-01T00:00:00;2025-01-01T00:01:00;9;8;900;800\n",
].map((text) => Buffer.from(text));
const CSV_WORDS = ['"', '""', ',"', '",', 'a"b,"c\n', "\n", "\r\n", ";", "\0", "[1|2|3]", "1e999", "-1", "\u{fffd}"];

const LOGS = [
	"#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tconn\n" +
		"#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tduration\torig_bytes\tresp_bytes\torig_pkts\tresp_pkts\n" +
		"1735689600.1\tC1\t192.0.2.7\t51000\t198.51.100.9\t3333\ttcp\t12.5\t600\t1400\t12\t14\n",
	'{"ts":1735689600.1,"uid":"C1","id.orig_h":"192.0.2.7","id.orig_p":51000,"id.resp_h":"198.51.100.9","id.resp_p":3333,"proto":"tcp","duration":2.5,"orig_pkts":3,"resp_pkts":4}\n',
	'{"timestamp":"2025-01-01T00:00:00.000000+0000","event_type":"flow","src_ip":"192.0.2.7","src_port":51000,"dest_ip":"198.51.100.9","dest_port":3333,"proto":"TCP","flow_id":5,"flow":{"pkts_toserver":3,"pkts_toclient":4,"bytes_toserver":300,"bytes_toclient":400,"start":"2025-01-01T00:00:00.000000+0000","end":"2025-01-01T00:01:00.000000+0000"}}\n' +
		'{"timestamp":"2025-01-01T00:00:00.000000+0000","event_type":"tls","src_ip":"192.0.2.7","src_port":51000,"dest_ip":"198.51.100.9","dest_port":3333,"proto":"TCP","flow_id":5,"tls":{"sni":"pool.example"}}\n',
	"2 123456789012 eni-0a1b 192.0.2.7 198.51.100.9 51000 3333 6 9 900 1735689600 1735689660 ACCEPT OK\n",
	"version srcaddr dstaddr srcport dstport protocol packets bytes start end\n2 192.0.2.7 198.51.100.9 51000 3333 6 9 900 1735689600 1735689660\n",
	'{"query_name":"pool.example.","srcaddr":"192.0.2.7","query_timestamp":"2025-01-01T00:00:00Z","answers":[{"Rdata":"198.51.100.9","Type":"A","Class":"IN"}]}\n',
	'{"jsonPayload":{"connection":{"src_ip":"192.0.2.7","src_port":51000,"dest_ip":"198.51.100.9","dest_port":3333,"protocol":6},"bytes_sent":"900","packets_sent":"9","start_time":"2025-01-01T00:00:00Z","end_time":"2025-01-01T00:01:00Z"}}\n',
	'{"records":[{"time":"2025-01-01T00:00:00Z","category":"NetworkSecurityGroupFlowEvent","properties":{"Version":2,"flows":[{"rule":"a","flows":[{"mac":"000000000001","flowTuples":["1735689600,192.0.2.7,198.51.100.9,51000,3333,T,O,A,E,9,900,8,800"]}]}]}}]}\n',
].map((text) => Buffer.from(text));
const LOG_WORDS = [
	"\t",
	"\n",
	"{",
	"}",
	"[",
	"]",
	'"',
	"null",
	"1e999",
	"-1",
	"(empty)",
	"#fields\t",
	"#separator \\x",
	"\\u0000",
];

/** Bytes as a stream of chunks of any size. */
function sourceOf(bytes: Buffer, random: Random) {
	const chunks: Buffer[] = [];
	for (let at = 0; at < bytes.length; ) {
		const until = Math.min(bytes.length, at + random.integer(1, random.chance(0.5) ? 40 : 1 << 16));
		chunks.push(bytes.subarray(at, until));
		at = until;
	}
	return byteSourceOf("fuzz", Readable.from(chunks));
}

async function readAll(source: FlowSource): Promise<void> {
	for await (const _flows of source);
}

export function fuzzCsv(random: Random): Promise<void> {
	return readAll(openCsvSource(sourceOf(mutated(CSV, random, CSV_WORDS), random)));
}

export function fuzzLogs(random: Random): Promise<void> {
	return readAll(openLogSource(sourceOf(mutated(LOGS, random, LOG_WORDS), random)));
}

/** One Parquet file of the program's own, changed anew for each case. */
export async function createParquetFuzz(): Promise<(random: Random) => Promise<void>> {
	const folder = mkdtempSync(join(tmpdir(), "decrypto-fuzz-"));
	process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
	const path = join(folder, "flows.parquet");
	const writer = createParquetWriter(path);
	await writer.write(columnsOfFlows(fc.sample(arbitraryFlow(), { numRuns: 40, seed: 1 })));
	await writer.close();
	const whole = readFileSync(path);
	return async (random) => {
		writeFileSync(path, mutated([whole], random));
		await readAll(openParquetSource(path, {}, PARQUET_LIMITS));
	};
}
