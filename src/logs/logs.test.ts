import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { describe, it } from "node:test";
import fc from "fast-check";
import { byteSourceOf } from "../bytes/byte-source.ts";
import { totalMalformed } from "../bytes/counters.ts";
import { type Flow, flowAt } from "../flow/flow.ts";
import { listAt } from "../flow/flow-columns.ts";
import type { FlowSource } from "../flow/flow-source.ts";
import { openLogSource } from "./log-source.ts";
import type { LoggedAnswer } from "./logged-answer.ts";
import { zeekSiblings } from "./zeek-siblings.ts";

const bytesOf = (text: string, name = "log") => byteSourceOf(name, Readable.from([Buffer.from(text)]));

async function read(text: string, ...side: string[]) {
	const answers: LoggedAnswer[] = [];
	const source = openLogSource(bytesOf(text), {
		side: side.map((text, k) => bytesOf(text, `side ${k}`)),
		learn: (answer) => answers.push(answer),
	});
	return { flows: await flowsOf(source), answers, source };
}

async function flowsOf(source: FlowSource): Promise<(Flow & { alert: string })[]> {
	const flows: (Flow & { alert: string })[] = [];
	for await (const batch of source) {
		for (let i = 0; i < batch.length; i++) {
			const alerts = batch.extras.attributes?.ALERT;
			const alert = alerts ? Buffer.from(listAt(alerts, i)).toString() : "";
			flows.push({ ...flowAt(batch, i), alert });
		}
	}
	return flows;
}

const lines = (...parts: (string | object)[]) =>
	`${parts.map((part) => (typeof part === "string" ? part : JSON.stringify(part))).join("\n")}\n`;

const zeek = (path: string, fields: string, ...rows: string[]) =>
	lines(
		"#separator \\x09",
		"#set_separator\t,",
		"#empty_field\t(empty)",
		"#unset_field\t-",
		`#path\t${path}`,
		`#fields\t${fields.replaceAll(" ", "\t")}`,
		...rows.map((row) => row.replaceAll(" ", "\t")),
		"#close\t2026-01-01-00-00-00",
	);

const CONN_FIELDS =
	"ts uid id.orig_h id.orig_p id.resp_h id.resp_p proto service duration orig_bytes resp_bytes conn_state history orig_pkts orig_ip_bytes resp_pkts resp_ip_bytes";
const CONN =
	"1735689600.123456 CAbc1 192.0.2.7 51000 198.51.100.9 3333 tcp - 12.5 600 1400 SF ShADadFf 12 1200 14 2200";

describe("Zeek's logs", () => {
	it("give flows of conn.log with the names of ssl.log", async () => {
		const ssl = zeek("ssl", "ts uid server_name ja3", "1735689600.2 CAbc1 pool.example 0123abcd");
		const { flows, source } = await read(zeek("conn", CONN_FIELDS, CONN), ssl);
		assert.equal(flows.length, 1);
		const [flow] = flows;
		assert.deepEqual(
			[flow!.sourceAddress, flow!.sourcePort, flow!.destinationAddress, flow!.destinationPort, flow!.protocol],
			["192.0.2.7", 51000, "198.51.100.9", 3333, 6],
		);
		assert.deepEqual([flow!.packets, flow!.bytes, flow!.packetsReverse, flow!.bytesReverse], [12, 1200, 14, 2200]);
		assert.deepEqual([flow!.timeFirst, flow!.timeLast], [1735689600123456, 1735689612623456]);
		assert.deepEqual([flow!.tcpFlags, flow!.tcpFlagsReverse], [0x1b, 0x1b]);
		assert.deepEqual([flow!.serverName, flow!.ja3], ["pool.example", "0123abcd"]);
		assert.equal(source.counters.flows, 1);
	});
	it("are read whatever the order of the fields, and with unset fields", async () => {
		const { flows } = await read(
			zeek(
				"conn",
				"uid proto id.resp_p id.resp_h id.orig_p id.orig_h ts duration",
				"C1 udp 53 2001:db8::1 4000 2001:db8::2 5.0 -",
			),
		);
		assert.deepEqual([flows[0]!.destinationAddress, flows[0]!.protocol, flows[0]!.timeLast], ["2001:db8::1", 17, 5e6]);
	});
	it("are read as JSON, too, with all logs in one stream", async () => {
		const { flows, answers } = await read(
			lines(
				{
					_path: "dns",
					ts: 1,
					"id.orig_h": "192.0.2.7",
					query: "pool.example",
					answers: ["alias.example", "198.51.100.9"],
					TTLs: [60, 300],
				},
				{ _path: "dns", ts: 2, "id.orig_h": "192.0.2.7", query: "blocked.example" },
				{
					_path: "ssl",
					ts: "2025-01-01T00:00:00.5Z",
					uid: "C1",
					"id.orig_h": "192.0.2.7",
					server_name: "pool.example",
				},
				{
					_path: "conn",
					ts: "2025-01-01T00:00:00.123456Z",
					uid: "C1",
					"id.orig_h": "192.0.2.7",
					"id.orig_p": 5,
					"id.resp_h": "198.51.100.9",
					"id.resp_p": 443,
					proto: "tcp",
					orig_pkts: 3,
				},
			),
		);
		assert.deepEqual(
			[flows[0]!.serverName, flows[0]!.timeFirst, flows[0]!.packets],
			["pool.example", 1735689600123456, 3],
		);
		assert.deepEqual(answers, [
			{ time: 1e6, client: "192.0.2.7", name: "pool.example", address: "198.51.100.9", lifetime: 300 },
			{ time: 2e6, client: "192.0.2.7", name: "blocked.example" },
		]);
	});
	it("count rows that are not connections", async () => {
		const { flows, source } = await read(
			zeek("conn", CONN_FIELDS, CONN.replace("192.0.2.7", "nobody"), "too few", CONN.replace("51000", "70000"), CONN),
		);
		assert.equal(flows.length, 1);
		assert.deepEqual(Object.fromEntries(source.counters.malformed), {
			"zeek: impossible connection": 2,
			"zeek: wrong number of fields": 1,
		});
	});
	it("are found beside conn.log by the rest of its name", () => {
		const folder = mkdtempSync(join(tmpdir(), "decrypto-zeek-"));
		try {
			for (const name of ["conn.09.log.gz", "ssl.09.log.gz", "ssl.10.log.gz", "dns.09.log.gz"])
				writeFileSync(join(folder, name), "");
			assert.deepEqual(zeekSiblings(join(folder, "conn.09.log.gz")), [
				join(folder, "dns.09.log.gz"),
				join(folder, "ssl.09.log.gz"),
			]);
			assert.deepEqual(zeekSiblings(join(folder, "ssl.09.log.gz")), []);
		} finally {
			rmSync(folder, { recursive: true });
		}
	});
});

describe("Suricata's EVE log", () => {
	const ends = {
		src_ip: "192.0.2.7",
		src_port: 51000,
		dest_ip: "198.51.100.9",
		dest_port: 443,
		proto: "TCP",
		flow_id: 1234567890123456,
	};
	it("gives flows with server names, fingerprints and alerts about mining", async () => {
		const { flows } = await read(
			lines(
				{ event_type: "tls", ...ends, tls: { sni: "pool.example", ja3: { hash: "ab" }, ja4: "t13d" } },
				{ event_type: "alert", ...ends, alert: { signature: "ET COINMINER Pool login", category: "Coin Mining" } },
				{ event_type: "alert", ...ends, alert: { signature: "SURICATA STREAM bad window", category: "" } },
				{
					event_type: "flow",
					...ends,
					flow: {
						pkts_toserver: 3,
						pkts_toclient: 4,
						bytes_toserver: 300,
						bytes_toclient: 400,
						start: "2025-01-01T00:00:00.000001+0000",
						end: "2025-01-01T00:00:10.000000+0000",
					},
					tcp: { tcp_flags_ts: "1b", tcp_flags_tc: "1a" },
				},
			),
		);
		const [flow] = flows;
		assert.deepEqual(
			[flow!.serverName, flow!.ja3, flow!.ja4, flow!.alert],
			["pool.example", "ab", "t13d", "ET COINMINER Pool login"],
		);
		assert.deepEqual([flow!.packets, flow!.packetsReverse, flow!.bytes, flow!.bytesReverse], [3, 4, 300, 400]);
		assert.deepEqual([flow!.timeFirst, flow!.timeLast, flow!.tcpFlags], [1735689600000001, 1735689610000000, 0x1b]);
	});
	it("gives DNS answers of both versions, to the client that asked", async () => {
		const { answers } = await read(
			lines(
				{
					event_type: "dns",
					timestamp: "1970-01-01T00:00:01Z",
					src_ip: "192.0.2.7",
					dest_ip: "192.0.2.53",
					src_port: 5000,
					dest_port: 53,
					dns: {
						type: "answer",
						rrname: "pool.example",
						answers: [{ rrname: "pool.example", rrtype: "A", ttl: 60, rdata: "198.51.100.9" }],
					},
				},
				{
					event_type: "dns",
					timestamp: "1970-01-01T00:00:02Z",
					src_ip: "192.0.2.53",
					dest_ip: "192.0.2.7",
					src_port: 53,
					dest_port: 5000,
					dns: {
						type: "response",
						queries: [{ rrname: "b.example" }],
						answers: [{ rrtype: "AAAA", rdata: "2001:db8::9", ttl: 1 }],
					},
				},
			),
		);
		assert.deepEqual(answers, [
			{ time: 1e6, client: "192.0.2.7", name: "pool.example", address: "198.51.100.9", lifetime: 60 },
			{ time: 2e6, client: "192.0.2.7", name: "b.example", address: "2001:db8::9", lifetime: 1 },
		]);
	});
});

describe("flow logs of clouds", () => {
	it("are read from AWS by the names of the header, in any order, and by version 2 without one", async () => {
		const header =
			"srcaddr pkt-srcaddr dstaddr pkt-dstaddr srcport dstport protocol packets bytes start end tcp-flags log-status";
		const { flows } = await read(
			lines(
				header,
				"10.0.0.1 10.0.9.9 192.0.2.1 192.0.2.1 40000 3333 6 10 1000 100 160 19 OK",
				"- - - - - - - - - 100 160 - NODATA",
			),
		);
		assert.equal(flows.length, 1);
		assert.deepEqual(
			[flows[0]!.sourceAddress, flows[0]!.packets, flows[0]!.timeLast, flows[0]!.tcpFlags],
			["10.0.9.9", 10, 160e6, 19],
		);
		const second = await read(
			lines("2 123456789012 eni-0a1b 10.0.0.1 192.0.2.1 40000 443 6 10 1000 100 160 ACCEPT OK"),
		);
		assert.deepEqual([second.flows[0]!.destinationPort, second.flows[0]!.bytes], [443, 1000]);
	});
	it("are read from Google Cloud", async () => {
		const { flows } = await read(
			lines({
				jsonPayload: {
					connection: { src_ip: "10.0.0.1", src_port: 40000, dest_ip: "192.0.2.1", dest_port: 3333, protocol: 6 },
					bytes_sent: "1000",
					packets_sent: "10",
					start_time: "1970-01-01T00:00:01.000002Z",
					end_time: "1970-01-01T00:00:02Z",
				},
			}),
		);
		assert.deepEqual([flows[0]!.bytes, flows[0]!.timeFirst, flows[0]!.destinationPort], [1000, 1000002, 3333]);
	});
	it("are read from Azure, of security groups and of virtual networks", async () => {
		const groups = {
			records: [
				{
					category: "NetworkSecurityGroupFlowEvent",
					properties: {
						flows: [{ flows: [{ flowTuples: ["100,10.0.0.1,192.0.2.1,40000,3333,T,O,A,C,10,1000,8,800"] }] }],
					},
				},
			],
		};
		const { flows } = await read(lines(groups));
		assert.deepEqual([flows[0]!.packets, flows[0]!.bytesReverse, flows[0]!.timeFirst], [10, 800, 100e6]);
		const networks = {
			records: [
				{
					category: "FlowLogFlowEvent",
					flowRecords: {
						flows: [
							{ flowGroups: [{ flowTuples: ["1663146003599,10.0.0.6,192.0.2.180,23956,443,6,O,E,NX,5,500,4,400"] }] },
						],
					},
				},
			],
		};
		const second = await read(lines(networks));
		assert.deepEqual(
			[second.flows[0]!.timeFirst, second.flows[0]!.packets, second.flows[0]!.packetsReverse],
			[1663146003599000, 5, 4],
		);
	});
	it("tell names from the Route 53 resolver", async () => {
		const { flows, answers } = await read(
			lines({
				query_name: "pool.example.",
				query_timestamp: "1970-01-01T00:00:01Z",
				srcaddr: "10.0.0.1",
				answers: [{ Rdata: "192.0.2.1", Type: "A" }],
			}),
		);
		assert.equal(flows.length, 0);
		assert.deepEqual(answers, [{ time: 1e6, client: "10.0.0.1", name: "pool.example", address: "192.0.2.1" }]);
	});
});

describe("a log", () => {
	it("of no known kind is refused", async () => {
		await assert.rejects(read("hello\nworld\n"), { code: "log" });
	});
	it("with damaged lines gives the others, in whatever pieces it comes", async () => {
		const good = JSON.stringify({
			event_type: "flow",
			src_ip: "192.0.2.7",
			dest_ip: "192.0.2.8",
			src_port: 1,
			dest_port: 2,
			proto: "TCP",
			flow: { start: "1970-01-01T00:00:01Z", end: "1970-01-01T00:00:01Z" },
		});
		await fc.assert(
			fc.asyncProperty(
				fc.array(
					fc.string({ unit: "binary" }).map((text) => text.replaceAll("\n", "")),
					{ maxLength: 5 },
				),
				fc.integer({ min: 1, max: 50 }),
				async (junk, piece) => {
					const text = Buffer.from(`${good}\n${junk.join("\n")}\n${good}`);
					const pieces = [];
					for (let k = 0; k < text.length; k += piece) pieces.push(text.subarray(k, k + piece));
					const source = openLogSource(byteSourceOf("eve", Readable.from(pieces)));
					assert.equal((await flowsOf(source)).length, 2);
					assert.ok(totalMalformed(source.counters) <= junk.length);
				},
			),
			{ numRuns: 50 },
		);
	});
});

describe("names that clients asked for", () => {
	const DNS_FIELDS = "ts uid id.orig_h id.resp_h query answers TTLs";
	it("are those of the flows that follow, for the client that asked", async () => {
		const dns = zeek(
			"dns",
			DNS_FIELDS,
			"1735689500.0 D1 192.0.2.7 192.0.2.53 xmr.2miners.com 198.51.100.8,198.51.100.9 60.0,60.0",
			"1735689700.0 D2 192.0.2.7 192.0.2.53 xmr.2miners.com 198.51.100.9 60.0",
		);
		const other = CONN.replace("192.0.2.7", "192.0.2.8");
		const { flows, source } = await read(zeek("conn", CONN_FIELDS, CONN, other), dns);
		assert.deepEqual(
			flows.map(({ resolvedName }) => resolvedName),
			["xmr.2miners.com", ""],
		);
		assert.deepEqual(source.counters.warnings, []);
	});
	it("are told where they are a pool's and the client never connected to it", async () => {
		const asked = (time: number, query: string, answers: string) =>
			`${time} D${time} 192.0.2.7 192.0.2.53 ${query} ${answers} ${answers === "-" ? "-" : "60.0"}`;
		const dns = zeek(
			"dns",
			DNS_FIELDS,
			asked(1735689500, "xmr.2miners.com", "-"),
			asked(1735689600, "xmr.2miners.com", "-"),
			asked(1735689600, "eu.2miners.com", "203.0.113.9"),
			asked(1735689600, "www.2miners.com", "203.0.113.9"),
			asked(1735689600, "example.com", "203.0.113.10"),
		);
		const { source } = await read(dns);
		assert.deepEqual(source.counters.warnings, [
			"log: 192.0.2.7 asked 2 times for the pool xmr.2miners.com, and got no address",
			"log: 192.0.2.7 asked once for the pool eu.2miners.com, and no connection to it was seen",
		]);
	});
});
