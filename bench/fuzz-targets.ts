import { readdirSync } from "node:fs";
import { Random } from "../lab/random.ts";
import { openByteSource } from "../src/bytes/byte-source.ts";
import { PacketReader } from "../src/capture/packet-reader.ts";
import { DnsResponse } from "../src/dns/dns-response.ts";
import { fuzzMeter } from "../src/meter/fuzz.testing.ts";
import { mayBecomeMining } from "../src/mining/may-become-mining.ts";
import { recogniseMining } from "../src/mining/recognise-mining.ts";
import { EXAMPLES, PREAMBLES } from "../src/mining/testing.ts";
import { readPoolList } from "../src/pool/read-pool-list.ts";
import { poolRules, RULE_FORMATS } from "../src/pool/rules/pool-rules.ts";
import { readVerified } from "../src/pool/verified-pool.ts";
import { parseConfiguration } from "../src/watch/configuration.ts";
import { EXAMPLE_CONFIGURATION } from "../src/watch/example.ts";
import { fuzzExports } from "./fuzz-exports.ts";
import { createParquetFuzz, fuzzCsv, fuzzLogs } from "./fuzz-files.ts";
import { mutated } from "./fuzz-mutate.ts";

/** Tries one input, the same one for the same seed. Only a `DeCryptoError` may come out of it. */
type Trial = (seed: number) => void | Promise<void>;

export interface FuzzTarget {
	readonly name: string;
	open(): Promise<Trial>;
}

function stateless(name: string, trial: (random: Random) => void | Promise<void>): FuzzTarget {
	return { name, open: async () => (seed) => trial(new Random(seed)) };
}

export const FUZZ_TARGETS: readonly FuzzTarget[] = [
	{
		name: "packets",
		open: async () => {
			const frames = await sampleFrames();
			return (seed) => void fuzzMeter(frames, { seed, packets: 2000 });
		},
	},
	{
		name: "parquet",
		open: async () => {
			const trial = await createParquetFuzz();
			return (seed) => trial(new Random(seed));
		},
	},
	stateless("csv", fuzzCsv),
	stateless("logs", fuzzLogs),
	stateless("exports", fuzzExports),
	stateless("pool-lists", fuzzPoolLists),
	stateless("payload", fuzzPayload),
	stateless("dns", fuzzDns),
	stateless("yaml", (random) => void parseConfiguration("fuzz", mutated(YAML, random, YAML_WORDS).toString())),
];

/** The samples that the project brings along: frames of every carrier that they have. */
async function sampleFrames(): Promise<{ linkType: number; bytes: Uint8Array }[]> {
	const folder = `${import.meta.dirname}/../samples`;
	const frames: { linkType: number; bytes: Uint8Array }[] = [];
	for (const name of readdirSync(folder).filter((file) => file.includes(".pcap"))) {
		const reader = new PacketReader(openByteSource(`${folder}/${name}`));
		const { packet } = reader;
		for (let taken = 0; taken < 300 && (await reader.fill()); ) {
			while (taken++ < 300 && reader.next())
				frames.push({ linkType: packet.linkType, bytes: packet.bytes.slice(packet.begin, packet.end) });
		}
		reader.close();
	}
	return frames;
}

const POOL_LISTS = [
	"pool.example:3333\n192.0.2.1,3333,443\n[2001:db8::1]:3333 # a comment\nstratum+ssl://pool.example:443\n0.0.0.0 a.example\n||b.example^\n",
	"host,port,tls,protocol,coin,pool\npool.example,3333,yes,stratum,Bitcoin,A\n192.0.2.1,443,no,monero-stratum,XMR,\n",
	'{"pools":[{"host":"pool.example","port":[3333,"443"],"coin":"XMR"},{"ip":"192.0.2.1","port":"1-9"}]}',
].map((text) => Buffer.from(text));
const VERIFIED = [
	"address,port,tls,protocol,coin,pool,host,latency_ms,certificate_names,verified\n" +
		"192.0.2.1,3333,yes,stratum,Bitcoin,A,pool.example,12,pool.example b.example,2025-01-01T00:00:00Z\n" +
		'2001:db8::1,443,no,monero-stratum,,"a ""b"", c",pool.example,9,,2025-01-01T00:00:00Z\n',
].map((text) => Buffer.from(text));
const LIST_WORDS = ["\n", '"', ",", ";", "\t", "%eth0", "0x50", "3333.5", "1e3", "65536", "::", "[", "]", "{}", "null"];
const SIDS = { first: 1_900_000, last: 1_999_999 };

/** Lists of every form; what a verified list gives makes rules of every format, whose addresses and ports are plain. */
function fuzzPoolLists(random: Random): void {
	readPoolList(mutated(POOL_LISTS, random, LIST_WORDS).toString());
	const pools = readVerified(mutated(VERIFIED, random, LIST_WORDS).toString(), "fuzz");
	for (const format of RULE_FORMATS) {
		const rules = poolRules(pools, format, { bpfLength: 6000, sids: SIDS });
		if (format === "lines" && !/^([0-9a-fA-F.:]+ \d{1,5}\n)*$/.test(rules))
			throw new Error(`rules of ${format}: ${rules}`);
	}
}

const MESSAGES = EXAMPLES.map(({ bytes }) => bytes);
const CARRIERS = Object.values(PREAMBLES);
const MESSAGE_WORDS = [
	"\r\n",
	"\r\n\r\n",
	"{",
	"}",
	"[",
	'"',
	"\\u",
	"mining.",
	"HTTP/1.1 ",
	"Transfer-Encoding: chunked\r\n",
	"0\r\n",
];

/** A conversation's first bytes behind any number of carriers, changed, and seen up to every few bytes of them. */
function fuzzPayload(random: Random): void {
	const carriers = Array.from({ length: random.integer(0, 3) }, () => random.pick(CARRIERS));
	const whole = Buffer.concat([...carriers, random.pick(MESSAGES)]);
	const payload = mutated([whole, ...MESSAGES], random, MESSAGE_WORDS).subarray(0, 1 << 16);
	for (const end of [payload.length, ...Array.from({ length: 8 }, () => random.integer(0, payload.length))]) {
		mayBecomeMining(payload, 0, end);
		const found = recogniseMining(payload, 0, end);
		if (found !== undefined && (found.excerpt.length > 200 || (found.walletPrefix?.length ?? 0) > 6))
			throw new Error(`a recognition too long: ${JSON.stringify(found)}`);
	}
}

const DNS = [
	"123481800001000200000000" +
		"04706f6f6c076578616d706c6500" +
		"00010001" +
		"c00c00050001000000100005026575c00c" +
		"c02a0001000100000010" +
		"0004c0000201",
	"123481800001000100000000" +
		"04706f6f6c076578616d706c6500" +
		"001c0001" +
		"c00c001c000100000010001020010db8000000000000000000000001",
].map((hex) => Buffer.from(hex, "hex"));
const response = new DnsResponse();

function fuzzDns(random: Random): void {
	for (let i = 0; i < 50; i++) {
		const message = mutated(DNS, random).subarray(0, 65_535);
		response.read(message, 0, message.length);
		if (response.name.toString().length > 1024) throw new Error("a name longer than DNS has");
	}
}

const YAML = [
	EXAMPLE_CONFIGURATION,
	'inputs:\n  - live: eth0\n    bpf: not port 22\nnetworks: &n\n  ours: [10.0.0.0/8]\nweb: *n\nreceivers: {"a": {}}\n',
].map((text) => Buffer.from(text));
const YAML_WORDS = [
	"&a ",
	"*a",
	"<<: ",
	"- ",
	": ",
	"\n",
	"\n  ",
	"[",
	"]",
	"{",
	"}",
	'"',
	"!!binary ",
	"? ",
	"| \n",
	"0x7f",
	".inf",
	"~",
];
