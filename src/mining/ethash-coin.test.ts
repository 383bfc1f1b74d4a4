import assert from "node:assert/strict";
import { test } from "node:test";
import { ethashCoin } from "./ethash-coin.ts";

test("Ethereum's protocols mine Ethereum until the merge, then Ethereum Classic; others say nothing", () => {
	const before = Date.UTC(2021, 3, 12) * 1000;
	const after = Date.UTC(2025, 2, 3) * 1000;
	assert.deepEqual(
		["eth-proxy", "ethereum-stratum", "stratum"].map((protocol) => ethashCoin(protocol, before)),
		["Ethereum", "Ethereum", undefined],
	);
	assert.equal(ethashCoin("eth-proxy", after), "Ethereum Classic");
});
