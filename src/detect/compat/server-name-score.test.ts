import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { scoreServerName } from "./server-name-score.ts";

/** The plain implementation, like the original: decode, convert to lower case, search for the words. */
function plainScore(bytes: Uint8Array): number {
	const name = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes).toLowerCase();
	const coin = ["btc", "eth", "xmr", "rvn"].some((c) =>
		[`-${c}`, `${c}-`, `.${c}`, `${c}.`].some((m) => name.includes(m)),
	);
	const word = ["pool", "mine", "mining"].some((w) => name.includes(w));
	return (Number(coin) + Number(word)) / 2;
}

test("a coin and a word give half a point each", () => {
	const score = (name: string) => scoreServerName(Buffer.from(name), 0, Buffer.byteLength(name));
	assert.equal(score("xmr.pool.example"), 1);
	assert.equal(score("ETH-eu.example"), 0.5);
	assert.equal(score("elizabeth.com"), 0.5);
	assert.equal(score("whirlpool.example"), 0.5);
	assert.equal(score("betcoin.example"), 0);
});

test("the result for bytes equals that for the decoded lower-case text", () => {
	const piece = fc.oneof(
		fc.constantFrom("pool", "mine", "mining", "MiNe", "btc", "ETH", "xmr", "rvn", "-", ".", "m", "po", "İ", "K", "ſ"),
		fc.string({ unit: "binary", maxLength: 3 }),
	);
	const text = fc.array(piece, { maxLength: 6 }).map((pieces) => new Uint8Array(Buffer.from(pieces.join(""))));
	const cut = fc
		.tuple(text, fc.uint8Array({ maxLength: 3 }), text)
		.map((parts) => new Uint8Array(Buffer.concat(parts)));
	fc.assert(
		fc.property(cut, (bytes) => {
			assert.equal(scoreServerName(bytes, 0, bytes.length), plainScore(bytes));
		}),
		{ numRuns: 2000 },
	);
});
