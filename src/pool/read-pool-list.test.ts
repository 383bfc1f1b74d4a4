import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import { needsShared, sharedPath } from "../../lab/shared-data.ts";
import { builtInPools } from "./built-in-pools.ts";
import { readPoolList } from "./read-pool-list.ts";

const read = (text: string) => readPoolList(text, [3333]);
const pairs = (text: string) => read(text).endpoints.map(({ host, port }) => `${host} ${port}`);

test("host:port, host,port,port and host port, with comments and IPv6", () => {
	const text = `# pools
pool.Example.org:3333   # the first
b.example.org,4444, 5555
c.example.org 7777

[2001:db8::1]:9000
2001:db8::2
192.0.2.7:443 // an address
; another comment
`;
	assert.deepEqual(pairs(text), [
		"pool.example.org 3333",
		"b.example.org 4444",
		"b.example.org 5555",
		"c.example.org 7777",
		"2001:db8::1 9000",
		"2001:db8::2 3333",
		"192.0.2.7 443",
	]);
	assert.deepEqual(read(text).rejected, []);
});

test("the scheme of an address decides on TLS", () => {
	const text =
		"stratum+tcp://a.example.org:3333\nstratum+ssl://b.example.org:443\nssl://wallet@c.example.org:9000/path\nhttp://192.0.2.1";
	assert.deepEqual(read(text).endpoints, [
		{ host: "a.example.org", port: 3333, tls: false },
		{ host: "b.example.org", port: 443, tls: true },
		{ host: "c.example.org", port: 9000, tls: true },
		{ host: "192.0.2.1", port: 3333 },
	]);
});

test("hosts files and block lists name hosts; localhost is skipped", () => {
	assert.deepEqual(
		pairs("127.0.0.1 localhost\n0.0.0.0 a.example.org b.example.org # both\n||c.example.org^$third-party\n! note\n"),
		["a.example.org 3333", "b.example.org 3333", "c.example.org 3333"],
	);
});

test("CSV with a header and JSON keep protocol, coin, pool and TLS", () => {
	const csv =
		'domain,port,scheme,pool_name,coin,notes\na.example.org,3333,stratum+tcp,"Pool, A",XMR,x\nb.example.org,"443,444",stratum+ssl,B,Kaspa,\n';
	const expected = [
		{ host: "a.example.org", port: 3333, tls: false, coin: "Monero", pool: "Pool, A" },
		{ host: "b.example.org", port: 443, tls: true, coin: "Kaspa", pool: "B" },
		{ host: "b.example.org", port: 444, tls: true, coin: "Kaspa", pool: "B" },
	];
	assert.deepEqual(read(csv).endpoints, expected);
	const json = [
		{ domain: "a.example.org", port: 3333, scheme: "stratum+tcp", pool_name: "Pool, A", coin: "XMR" },
		{ host: "b.example.org", ports: [443, 444], tls: true, pool: "B", coin: "kaspa" },
	];
	assert.deepEqual(read(JSON.stringify(json)).endpoints, expected);
	assert.deepEqual(read(JSON.stringify({ version: 1, pools: json })).endpoints, expected);
	assert.deepEqual(read("host;port;protocol\na.example.org;1;monero-stratum\n").endpoints, [
		{ host: "a.example.org", port: 1, protocol: "monero-stratum" },
	]);
});

test("every rejected line is reported with its number and the reason", () => {
	const { endpoints, rejected } = read(
		"good.example.org:1\nbad host!:3333\na.example.org:99999\nb.example.org,x\n-c.example.org:5\n10.0.0.300:3333\n",
	);
	assert.deepEqual(endpoints, [{ host: "good.example.org", port: 1 }]);
	assert.deepEqual(
		rejected.map(({ line }) => line),
		[2, 3, 4, 5, 6],
	);
	assert.match(rejected[1]!.reason, /99999 is not a port/);
	assert.match(rejected[3]!.reason, /-c\.example\.org is not a host/);
	assert.match(read('[{"host":"a.example.org","port":0}]').rejected[0]!.reason, /0 is not a port/);
	assert.match(read('[{"host": ]').rejected[0]!.reason, /not JSON/);
});

test("duplicate endpoints are joined with all their facts", () => {
	const csv =
		"host,port,tls,coin,pool\na.example.org,1,yes,,\na.example.org,1,,XMR,A\nb.example.org,1,yes,,\nb.example.org,1,no,,\n";
	assert.deepEqual(read(csv).endpoints, [
		{ host: "a.example.org", port: 1, tls: true, coin: "Monero", pool: "A" },
		{ host: "b.example.org", port: 1 },
	]);
});

test("any text is read or rejected", () => {
	fc.assert(
		fc.property(fc.string({ unit: fc.constantFrom(...'ab1.:[],{}"\n\t #/@|^-=;0\0é'), maxLength: 200 }), (text) => {
			const { endpoints } = read(text);
			for (const { host, port } of endpoints) assert.ok(host.length > 0 && port >= 1 && port <= 65535);
		}),
	);
});

test("the built-in list has hosts, ports and protocols of the usual form", () => {
	const pools = builtInPools();
	assert.ok(pools.length > 80);
	assert.equal(new Set(pools.map(({ host, port }) => `${host} ${port}`)).size, pools.length);
	const again = read(pools.map(({ host, port }) => `${host}:${port}`).join("\n"));
	assert.deepEqual([again.endpoints.length, again.rejected.length], [pools.length, 0]);
});

const LISTS = "data/pools";

test("public lists are read; the rejected lines are rules of block lists and paths of pages", {
	skip: needsShared(LISTS),
}, () => {
	const folder = sharedPath(LISTS)!;
	const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) =>
		/(mining_pool_domains|watchlist|ip_pool_endpoint_candidates)\.|hosts\.txt|_miner\.txt|crypto_mining\.txt/.test(
			file,
		),
	);
	assert.ok(files.length > 25, `${files.length} files`);
	let read = 0;
	let rejected = 0;
	for (const file of files) {
		const list = readPoolList(readFileSync(`${folder}/${file}`, "utf8"), [3333]);
		read += list.endpoints.length;
		rejected += list.rejected.length;
	}
	assert.ok(read > 5000 && rejected < read / 50, `${rejected} of ${read}`);
});
