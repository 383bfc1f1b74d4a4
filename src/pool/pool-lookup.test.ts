import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { addressBytes } from "../flow/address.ts";
import { createPoolTable, openPoolTable, type PoolEntry } from "./pool-lookup.ts";
import { readVerified, type VerifiedPool, verifiedCsv } from "./verified-pool.ts";

const find = (table: ReturnType<typeof createPoolTable>, address: string, port: number) => {
	const bytes = new Uint8Array(20);
	bytes.set(addressBytes(address)!, 3);
	return table.find(bytes, 3, port);
};

test("address and port together are looked up, IPv4 and IPv6", () => {
	const table = createPoolTable([
		{ address: "192.0.2.1", port: 3333, pool: "A", coin: "Monero" },
		{ address: "2001:db8::1", port: 443 },
		{ address: "relay.example", port: 1 },
	]);
	assert.equal(table.size, 3);
	assert.deepEqual(find(table, "192.0.2.1", 3333), { pool: "A", coin: "Monero" });
	assert.deepEqual(find(table, "2001:db8::1", 443), {});
	for (const [address, port] of [
		["192.0.2.1", 3334],
		["192.0.2.2", 3333],
		["::", 3333],
		["2001:db8::1", 0],
	] as const) {
		assert.equal(find(table, address, port), undefined);
	}
	assert.equal(find(createPoolTable([]), "192.0.2.1", 3333), undefined);
});

test("it agrees with a map", () => {
	const key = fc.tuple(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 1, max: 4 }));
	fc.assert(
		fc.property(fc.array(key, { maxLength: 60 }), fc.array(key, { maxLength: 30 }), (keys, asked) => {
			const entries: PoolEntry[] = keys.map(([host, port], i) => ({ address: `10.0.0.${host}`, port, pool: `p${i}` }));
			const map = new Map(entries.map(({ address, port, pool }) => [`${address} ${port}`, { pool }]));
			const table = createPoolTable(entries);
			assert.equal(table.size, map.size);
			for (const [host, port] of [...keys, ...asked])
				assert.deepEqual(find(table, `10.0.0.${host}`, port), map.get(`10.0.0.${host} ${port}`));
		}),
	);
});

test("verified pools are written and read back unchanged, with any names", () => {
	const name = fc
		.string({ unit: fc.constantFrom(...'ab ,";é'), minLength: 1, maxLength: 8 })
		.filter((text) => text.trim() === text);
	const pool = fc.record(
		{
			address: fc.oneof(fc.ipV4(), fc.constant("2001:db8::7")),
			port: fc.integer({ min: 1, max: 65535 }),
			tls: fc.boolean(),
			protocol: fc.constant("stratum" as const),
			coin: name,
			pool: name,
			host: fc.constant("a.example"),
			latency: fc.nat(5000),
			certificateNames: fc.array(fc.constantFrom("a.example", "*.b.example"), { maxLength: 2 }),
			verified: fc.constant("2026-11-22T18:00:00Z"),
		},
		{ noNullPrototype: true },
	);
	fc.assert(
		fc.property(
			fc.uniqueArray(pool, { maxLength: 5, selector: ({ address, port }) => `${address} ${port}` }),
			(pools) => {
				const read = readVerified(verifiedCsv(pools as VerifiedPool[]), "test");
				const order = (list: readonly VerifiedPool[]) =>
					[...list].sort((a, b) => (`${a.address} ${a.port}` < `${b.address} ${b.port}` ? -1 : 1));
				assert.deepEqual(order(read), order(pools as VerifiedPool[]));
			},
		),
	);
});

test("a file that is not a list of verified pools is refused in one line", () => {
	assert.throws(() => readVerified("a.example:3333\n", "pools.txt"), {
		message: "pools.txt: not a list of verified pools; make one with decrypto pools verify",
	});
	const header = verifiedCsv([]);
	const refused: string[] = [];
	assert.deepEqual(
		readVerified(`${header}a.example,3333\n`, "x", (line) => refused.push(line)),
		[],
	);
	assert.deepEqual(refused, ["x: line 2: 2 columns in place of 10"]);
});

test("host names are looked up in any case, separately from addresses", () => {
	const table = createPoolTable([{ address: "relay.example", port: 3333, pool: "Relay" }]);
	const named = (text: string) => table.findName(Buffer.from(`--${text}--`), 2, 2 + text.length);
	for (const name of ["relay.example", "Relay.EXAMPLE", "relay.example."])
		assert.deepEqual(named(name), { pool: "Relay" });
	for (const name of ["", "elay.example", "relay.example.org"]) assert.equal(named(name), undefined);
});

test("any list is accepted, and the built-in one by its name", () => {
	const folder = mkdtempSync(join(tmpdir(), "decrypto-pools-"));
	const file = (name: string, text: string) => {
		writeFileSync(join(folder, name), text);
		return join(folder, name);
	};
	try {
		const refused: string[] = [];
		const lines = openPoolTable([file("list.txt", "192.0.2.1:3333\nrelay.example:443\nno pool at all\n")], (line) =>
			refused.push(line),
		);
		assert.equal(lines.size, 2);
		assert.match(refused[0]!, /list\.txt: line 3: /);
		assert.equal(openPoolTable([file("list.json", '[{"host":"relay.example","port":443}]')]).size, 1);
		assert.equal(openPoolTable([file("list.csv", "host,port\nrelay.example,443\n")]).size, 1);
		const builtIn = openPoolTable(["builtin"]);
		assert.ok(builtIn.size > 100);
		const both = openPoolTable(["builtin", join(folder, "list.txt")]);
		assert.equal(both.size, builtIn.size + 2);
		const [earlier, later] = ["Earlier", "Later"].map((name) =>
			file(`${name}.csv`, `host,port,pool\nrelay.example,443,${name}\n`),
		) as [string, string];
		const known = openPoolTable([earlier, later]).findName(Buffer.from("relay.example"), 0, 13);
		assert.equal(known?.pool, "Later");
		assert.throws(() => openPoolTable(["builtin", file("empty.txt", "# nothing\n")]), { code: "pool-list" });
	} finally {
		rmSync(folder, { recursive: true });
	}
});
