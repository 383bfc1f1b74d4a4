import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import type { ModelDescription } from "../forest/describe-model.ts";
import { loadModel } from "../forest/open-model.ts";
import { forest, type PickledNode } from "../forest/pickle/testing.ts";

const folder = mkdtempSync(join(tmpdir(), "decrypto-model-"));
after(() => rmSync(folder, { recursive: true }));

const program = fileURLToPath(new URL("./decrypto.ts", import.meta.url));
function decrypto(...args: string[]) {
	return spawnSync(process.execPath, [program, "model", ...args], { encoding: "utf8" });
}

const stump: PickledNode[] = [
	{ left: 1, right: 2, feature: 3, threshold: 7.5, value: [1, 1] },
	{ left: -1, right: -1, feature: -2, threshold: -2, value: [3, 1] },
	{ left: -1, right: -1, feature: -2, threshold: -2, value: [0, 5] },
];
const pickle = join(folder, "stump.pickle");
writeFileSync(pickle, forest([stump], { version: "1.2.2", missing: false }));

test("inspect prints what a pickle holds", () => {
	const { stdout, status } = decrypto("inspect", pickle);
	assert.equal(status, 0);
	assert.match(stdout, /random forest, made by scikit-learn 1\.2\.2 RandomForestClassifier/);
	assert.match(stdout, /nodes +3, 2 of them leaves/);
	assert.match(stdout, /PACKETS_REV +\d\.\d+ +1 +1 +7\.5 +7\.5/);
});

test("inspect --format json prints the same for programs", () => {
	const description = JSON.parse(decrypto("inspect", pickle, "--format", "json").stdout) as ModelDescription;
	assert.equal(description.trees, 1);
	assert.equal(description.features.length, 12);
	assert.equal(description.features[3]!.lowest, 7.5);
});

test("inspect tells where the default model gives flows up, and a converted one keeps it", () => {
	const model = fileURLToPath(new URL("../../models/default.model", import.meta.url));
	const converted = join(folder, "default.model");
	assert.equal(decrypto("convert", model, converted).status, 0);
	const [{ stages }, { stdout }] = [loadModel(readFileSync(model)).ensemble, decrypto("inspect", converted)];
	assert.ok(stages.length > 0);
	for (const { trees, rejectAt } of stages)
		assert.match(stdout, new RegExp(`rejected early .*${rejectAt} after ${trees}`));
});

test("convert writes a model file that holds the same", () => {
	const converted = join(folder, "stump.model");
	const { stdout, status } = decrypto("convert", pickle, converted);
	assert.equal(status, 0);
	assert.match(stdout, /1 tree, 3 nodes/);
	assert.deepEqual(loadModel(readFileSync(converted)), loadModel(readFileSync(pickle)));
});

test("a file that is no model, and one that is not there, are told in one line", () => {
	const text = join(folder, "text");
	writeFileSync(text, "to whom it may concern");
	for (const [path, reason] of [
		[text, /^decrypto: .*text: neither a model of DeCrypto's nor a scikit-learn pickle\n$/],
		[join(folder, "nowhere"), /^decrypto: .*nowhere: no such file\n$/],
		[folder, /^decrypto: .*: is a directory\n$/],
	] as const) {
		const { stderr, status } = decrypto("inspect", path);
		assert.equal(status, 1);
		assert.match(stderr, reason);
	}
	assert.equal(decrypto("convert", pickle, join(folder, "no", "where")).status, 1);
});
