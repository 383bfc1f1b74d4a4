import { Readable } from "node:stream";
import { byteSourceOf } from "../src/bytes/byte-source.ts";
import { openLogSource } from "../src/logs/log-source.ts";

/** Logs of other sensors into batches of flows: lines per second of processor time (other work does not count), best of the rounds. */
const LINES = 50_000;
const ROUNDS = 5;

const address = (k: number) => `10.${k % 7}.${k % 251}.${k % 253}`;
const ZEEK_FIELDS =
	"ts uid id.orig_h id.orig_p id.resp_h id.resp_p proto service duration orig_bytes resp_bytes conn_state history orig_pkts orig_ip_bytes resp_pkts resp_ip_bytes";
const zeekValues = (k: number) => [
	`${1_735_689_600 + k / 100}`,
	`C${k}`,
	address(k),
	20_000 + (k % 40_000),
	"198.51.100.9",
	443,
	"tcp",
	"ssl",
	12.5,
	600,
	1400,
	"SF",
	"ShADadFf",
	12,
	1200,
	14,
	2200,
];
const eveFlow = (k: number) => ({
	timestamp: "2026-01-01T00:00:10.000000+0000",
	flow_id: k,
	event_type: "flow",
	src_ip: address(k),
	src_port: 20_000 + (k % 40_000),
	dest_ip: "198.51.100.9",
	dest_port: 443,
	proto: "TCP",
	app_proto: "tls",
	flow: {
		pkts_toserver: 12,
		pkts_toclient: 14,
		bytes_toserver: 1200,
		bytes_toclient: 2200,
		start: "2026-01-01T00:00:00.123456+0000",
		end: "2026-01-01T00:00:09.123456+0000",
		age: 9,
		state: "closed",
		reason: "timeout",
	},
	tcp: { tcp_flags: "1b", tcp_flags_ts: "1b", tcp_flags_tc: "1b", state: "closed" },
});

const repeated = (line: (k: number) => string) => Array.from({ length: LINES }, (_, k) => line(k)).join("\n");
const names = ZEEK_FIELDS.split(" ");
const LOGS: Readonly<Record<string, string>> = {
	"Zeek conn.log, TSV": `#separator \\x09\n#path\tconn\n#fields\t${names.join("\t")}\n${repeated((k) => zeekValues(k).join("\t"))}\n`,
	"Zeek conn.log, JSON": `${repeated((k) => JSON.stringify(Object.fromEntries(zeekValues(k).map((value, n) => [names[n]!, value]))))}\n`,
	"Suricata EVE, flow": `${repeated((k) => JSON.stringify(eveFlow(k)))}\n`,
	"AWS VPC flow log": `${repeated((k) => `2 123456789012 eni-0a1b ${address(k)} 198.51.100.9 ${20_000 + (k % 40_000)} 443 6 12 1200 ${1_735_689_600 + k} ${1_735_689_660 + k} ACCEPT OK`)}\n`,
};

for (const [name, text] of Object.entries(LOGS)) {
	const bytes = Buffer.from(text);
	let best = Number.POSITIVE_INFINITY;
	for (let round = 0; round < ROUNDS; round++) {
		const begin = process.cpuUsage();
		let flows = 0;
		for await (const batch of openLogSource(byteSourceOf(name, Readable.from([bytes])))) flows += batch.length;
		if (flows !== LINES) throw new Error(`${name}: ${flows} flows`);
		const { user, system } = process.cpuUsage(begin);
		best = Math.min(best, (user + system) / 1000);
	}
	console.log(`${name.padEnd(24)} ${Math.round(LINES / best)},000 lines/s`);
}
