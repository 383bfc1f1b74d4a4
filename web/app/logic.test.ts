import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { readAllowlist } from "../../src/incident/allowlist.ts";
import { entryFor } from "./allow-entry.ts";
import { entryOf, formOf } from "./entry-form.ts";
import { dayAfter } from "./expiry.ts";
import { filterQuery, listQuery, nextSort } from "./incident-filter.ts";
import { addressWith, routeOf } from "./route.ts";
import { rowsWithin } from "./visible-rows.ts";

test("an address gives its parts decoded; a lone percent sign stays", () => {
	assert.deepEqual(routeOf("/pools/a%2Fb%3A443?x=1").parts, ["pools", "a/b:443"]);
	assert.deepEqual(routeOf("/pools/100%").parts, ["pools", "100%"]);
	assert.deepEqual(routeOf("/").parts, []);
});

test("changed conditions keep the others; an empty one is removed", () => {
	const query = new URLSearchParams("state=open&confidence=probable");
	assert.equal(
		addressWith("/incidents", query, { confidence: ["confirmed", "probable"] }),
		"/incidents?state=open&confidence=confirmed&confidence=probable",
	);
	assert.equal(addressWith("/incidents", query, { state: "", confidence: undefined }), "/incidents");
});

test("exports take the conditions of the list, not its order; unknown names are left out", () => {
	const query = new URLSearchParams("text=xmr&sort=host&ascending=true&other=1&coin=");
	assert.equal(filterQuery(query).toString(), "text=xmr");
	assert.equal(listQuery(query, 200).toString(), "text=xmr&sort=host&ascending=true&limit=200");
});

test("a column sorts descending first, then ascending", () => {
	assert.deepEqual(nextSort(new URLSearchParams(), "host"), { sort: "host", ascending: undefined });
	assert.deepEqual(nextSort(new URLSearchParams("sort=host"), "host"), { sort: "host", ascending: "true" });
	assert.deepEqual(nextSort(new URLSearchParams(), "lastSeen"), { sort: "lastSeen", ascending: "true" });
});

test("the visible rows cover the window, and few rows besides, however many there are", () => {
	fc.assert(
		fc.property(
			fc.double({ min: -6e6, max: 1000, noNaN: true }),
			fc.integer({ min: 200, max: 3000 }),
			fc.integer({ min: 0, max: 100_000 }),
			(top, height, count) => {
				const { first, end } = rowsWithin(top, height, 60, count);
				assert.ok(0 <= first && first <= end && end <= count);
				assert.ok(end - first <= height / 60 + 26);
				for (const y of [0, height / 2, height - 1]) {
					const row = Math.floor((y - top) / 60);
					if (row >= 0 && row < count) assert.ok(first <= row && row < end, `row ${row} at ${y}`);
				}
			},
		),
	);
});

test("an entry goes through its form unchanged, and the form's entry is one that the allowlist accepts", () => {
	const entry = {
		reason: "course",
		owner: "me",
		until: "2027-02-01",
		hosts: ["10.20.4.0/24", "2001:db8::1"],
		pools: ["*.pool.example", "203.0.113.0/24:3333"],
		coins: ["Bitcoin Gold", "Monero"],
		below: "confirmed" as const,
		hours: "Mon-Fri 08:00-18:00 Europe/Prague",
	};
	assert.deepEqual(entryOf(formOf(entry, { owner: "", until: "" })), entry);
	assert.deepEqual(readAllowlist("form", JSON.stringify([entryOf(formOf(entry, { owner: "", until: "" }))])), [entry]);
});

test("allowing an incident covers its host, and its pools if asked", () => {
	const pool = { serverName: "xmr.pool.example", address: "203.0.113.7", port: 3333 };
	const unnamed = { address: "2001:db8::9", port: 443 };
	const incident = { host: { address: "10.3.7.21" }, pools: [pool, unnamed] } as never;
	const words = { reason: "", owner: "me", until: "never" };
	assert.deepEqual(entryFor(incident, "host", words), {
		reason: "test",
		owner: "me",
		until: "never",
		hosts: ["10.3.7.21"],
	});
	const withPools = entryFor(incident, "host-and-pools", words);
	assert.deepEqual(withPools.pools, ["xmr.pool.example", "[2001:db8::9]:443"]);
	assert.doesNotThrow(() => readAllowlist("form", JSON.stringify([withPools])));
});

test("days are counted in UTC", () => {
	assert.equal(dayAfter(90, Date.UTC(2026, 11, 1, 23)), "2027-03-01");
});
