import assert from "node:assert/strict";
import { test } from "node:test";
import { startDnsServer } from "../../lab/pools/dns-server.ts";
import { DEFAULT_RESOLVE, type ResolvedHost, resolveHosts } from "./resolve-hosts.ts";

const many = Array.from({ length: 500 }, (_, i) => `198.18.${i >> 8}.${i & 0xff}`);
const zone = {
	"pool.example": { a: ["192.0.2.1", "192.0.2.2"] },
	"alias.example": { cname: "second.example" },
	"second.example": { cname: "pool.example" },
	"dead.example": { silent: true },
	"big.example": { a: many },
	"empty.example": {},
};

async function resolved(
	hosts: readonly string[],
	options: Partial<typeof DEFAULT_RESOLVE> = {},
): Promise<Map<string, ResolvedHost>> {
	await using server = await startDnsServer(zone);
	const all = new Map<string, ResolvedHost>();
	for await (const host of resolveHosts(hosts, {
		...DEFAULT_RESOLVE,
		timeout: 200,
		tries: 1,
		...options,
		servers: [server.name],
	}))
		all.set(host.host, host);
	return all;
}

test("names, aliases and addresses are resolved; the others have a reason", async () => {
	const all = await resolved([
		"pool.example",
		"alias.example",
		"192.0.2.9",
		"2001:db8::1",
		"none.example",
		"empty.example",
		"dead.example",
	]);
	assert.equal(all.size, 7);
	assert.deepEqual([...all.get("pool.example")!.addresses].sort(), ["192.0.2.1", "192.0.2.2"]);
	assert.deepEqual([...all.get("alias.example")!.addresses].sort(), ["192.0.2.1", "192.0.2.2"]);
	assert.deepEqual(all.get("192.0.2.9")!.addresses, ["192.0.2.9"]);
	assert.deepEqual(all.get("2001:db8::1")!.addresses, ["2001:db8::1"]);
	assert.equal(all.get("none.example")!.error, "no such host");
	assert.equal(all.get("empty.example")!.error, "no such host");
	assert.equal(all.get("dead.example")!.error, "timeout");
});

test("of a name with 500 addresses at most the limit is used, and the rest is counted", async () => {
	const big = (await resolved(["big.example"], { timeout: 3000, maxAddresses: 32 })).get("big.example")!;
	assert.deepEqual([big.addresses.length, big.leftOut], [32, 468]);
});

test("a thousand names, a few at a time", async () => {
	const hosts = Array.from({ length: 1000 }, (_, i) => (i % 10 === 0 ? "pool.example" : `n${i}.example`));
	const all = await resolved([...new Set(hosts)], { concurrency: 10, timeout: 3000 });
	assert.equal(all.size, 901);
});

test("an interruption ends it", async () => {
	await using server = await startDnsServer(zone);
	const interruption = new AbortController();
	const options = { ...DEFAULT_RESOLVE, timeout: 30_000, tries: 1, servers: [server.name] };
	const all: ResolvedHost[] = [];
	setTimeout(() => interruption.abort(), 20);
	for await (const host of resolveHosts(["dead.example"], options, interruption.signal)) all.push(host);
	assert.ok(all.length <= 1);
});
