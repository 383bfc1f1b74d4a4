import { Random } from "../lab/random.ts";
import { judgeName, judgeServerName } from "../src/detect/server-name.ts";
import { mayBeMining, recogniseMining } from "../src/mining/index.ts";
import { quickDecision } from "../src/mining/quick-decision.ts";
import { isMining } from "../src/mining/recognise-mining.ts";

// What the payload and the server name of a flow cost: the quick rejection; the quick decision about JSON, and where
// that is unclear whether it is mining; what is shown of it, for reported flows only. Best of several rounds.
const ROUNDS = 15;
const CALLS = 200_000;

const random = new Random(3);
const tls = Buffer.concat([Buffer.from([0x16, 3, 1, 2, 0, 1]), Buffer.from(random.hex(188), "hex")]);
const dns = Buffer.concat([
	Buffer.from([0x5f, 0x12, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 7]),
	Buffer.from("example\x03org\x00\x00\x01\x00\x01"),
]);
const web = Buffer.from(
	"GET /index.html HTTP/1.1\r\nHost: www.example.org\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Fire",
);
const ssh = Buffer.from("SSH-2.0-OpenSSH_9.6p1 Debian-3\r\n");
const stratum = Buffer.from('{"id": 1, "method": "mining.subscribe", "params": ["cgminer/4.10.0"]}\n');
const monero = Buffer.from(
	`{"id":1,"jsonrpc":"2.0","method":"login","params":{"login":"4${"Void".repeat(10)}`.slice(0, 100),
);
const api = Buffer.from(
	'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{"temperature":{"value":21.5,"unit":"C"},"labels":["a","b"],"ok":true}',
);

const payloads = {
	"TLS ClientHello": tls,
	"DNS query": dns,
	"HTTP request": web,
	"SSH banner": ssh,
	"HTTP reply with JSON": api,
	mining: stratum,
	"Monero login": monero,
};
const names = [
	"www.google.com",
	"update.microsoft.com",
	"a1234.dscg.akamai.net",
	"admin.examiner-liverpool.co.uk",
	"xmr-eu1.nanopool.org",
];

console.log("payload, ns a call          mayBeMining      quick   isMining  recogniseMining");
for (const [name, bytes] of Object.entries(payloads)) {
	const quick = best(() => mayBeMining(bytes, 0, bytes.length), CALLS);
	const quickly = best(() => quickDecision(bytes, 0, bytes.length), CALLS);
	const whether = best(() => isMining(bytes, 0, bytes.length), CALLS / 20);
	const full = best(() => recogniseMining(bytes, 0, bytes.length), CALLS / 20);
	console.log(
		name.padEnd(28),
		...[quick, quickly, whether].map((ns) => ns.toFixed(0).padStart(10)),
		full.toFixed(0).padStart(16),
	);
}
console.log("\nserver name, ns a call          judgeServerName  without the quick no");
for (const name of names) {
	const bytes = Buffer.from(name);
	const quick = best(() => judgeServerName(bytes, 0, bytes.length), CALLS);
	const full = best(() => judgeName(name), CALLS / 20);
	console.log(name.padEnd(32), quick.toFixed(0).padStart(14), full.toFixed(0).padStart(21));
}

function best(call: () => unknown, calls: number): number {
	let least = Number.POSITIVE_INFINITY;
	for (let round = 0; round < ROUNDS; round++) {
		const begun = performance.now();
		for (let i = 0; i < calls; i++) call();
		least = Math.min(least, ((performance.now() - begun) * 1e6) / calls);
	}
	return least;
}
