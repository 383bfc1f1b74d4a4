import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { needsShared, sharedPath } from "../../../lab/shared-data.ts";
import { originalScore, probabilityThreshold } from "./original-dst.ts";
import { scoreServerName } from "./server-name-score.ts";
import { containsStratum } from "./stratum-expressions.ts";

const VECTORS = "golden/detector/vectors";
const skip = needsShared(VECTORS);

function vectors<T>(name: string): T[] {
	return JSON.parse(gunzipSync(readFileSync(sharedPath(`${VECTORS}/${name}_vectors.json.gz`)!)).toString());
}

test("the Stratum expressions answer as the original's engine does", { skip }, (t) => {
	const all = vectors<{ hex: string; stratum: number }>("stratum");
	for (const { hex, stratum } of all) {
		const bytes = Buffer.from(`ff${hex}ff`, "hex");
		assert.equal(containsStratum(bytes, 1, bytes.length - 1), stratum === 1, hex);
	}
	t.diagnostic(`${all.length} payloads, ${all.filter((vector) => vector.stratum).length} of them Stratum, 0 different`);
});

test("server names score as the original scores them", { skip }, (t) => {
	const all = vectors<{ hex: string; score: number }>("sni");
	for (const { hex, score } of all) {
		const bytes = Buffer.from(`2e${hex}2e`, "hex");
		assert.equal(scoreServerName(bytes, 1, bytes.length - 1), score, hex);
	}
	t.diagnostic(`${all.length} names, 0 different`);
});

test("forest and server name combine to the original's bits, and the threshold on p decides alike", { skip }, (t) => {
	const all = vectors<[bits: string, score: 0 | 0.5 | 1, result: string, note: string | null]>("dst");
	const double = (bits: string) => Buffer.from(bits, "hex").readDoubleBE();
	for (const [bits, score, result] of all) {
		const p = double(bits);
		const combined = originalScore(p, score);
		assert.ok(Object.is(combined, double(result)), `p ${p}, score ${score}: ${combined} for ${double(result)}`);
		for (const threshold of [0, 0.03, 0.5, p, 0.99, 1]) {
			assert.equal(p > probabilityThreshold(score, threshold), combined > threshold, `${p} ${score} ${threshold}`);
		}
	}
	t.diagnostic(`${all.length} combinations, 0 different`);
});
