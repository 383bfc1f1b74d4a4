import assert from "node:assert/strict";
import { test } from "node:test";
import { COIN_OF_WORD } from "../mining/coin-words.ts";
import { builtInPools } from "./built-in-pools.ts";

const pools = builtInPools();

test("every entry has a host name, a port, a source and a day", () => {
	assert.ok(pools.length > 200, `${pools.length} endpoints`);
	for (const { host, port, source, readOn } of pools) {
		assert.match(host, /^([a-z0-9-]+\.)+[a-z]{2,}$/);
		assert.ok(Number.isInteger(port) && port > 0 && port < 65_536, `${host}:${port}`);
		assert.ok(source.length > 0);
		assert.match(readOn, /^2026-\d\d-\d\d$/);
	}
});

test("no endpoint is listed twice, and no web host of a pool is listed", () => {
	const endpoints = pools.map(({ host, port }) => `${host}:${port}`);
	assert.equal(new Set(endpoints).size, endpoints.length);
	for (const { host } of pools) assert.doesNotMatch(host, /^(www|api|blog|docs|help|status|academy|ir)\./);
});

test("coins have the names that the rest of the program uses", () => {
	const names = new Set(COIN_OF_WORD.values());
	for (const { coin, host } of pools) if (coin !== undefined) assert.ok(names.has(coin), `${host}: ${coin}`);
});
