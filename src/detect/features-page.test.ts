import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { openModel } from "../forest/open-model.ts";
import { knownFeatures } from "./features.ts";

const page = readFileSync(new URL("../../docs/features.md", import.meta.url), "utf8");
const rows = [...page.matchAll(/^\| `([A-Z_0-9]+)` +\| (.+?) +\| (.+?) +\|$/gm)].map(([, name, meaning, unit]) => ({
	name,
	meaning,
	unit,
}));

test("docs/features.md has every feature once, with a meaning and a unit", () => {
	assert.deepEqual(rows.map(({ name }) => name).toSorted(), [...knownFeatures().keys()].toSorted());
	for (const { name, meaning, unit } of rows) assert.ok(meaning!.length > 5 && unit !== "", name);
});

test("every feature of the default model is on the page", () => {
	const model = openModel(fileURLToPath(new URL("../../models/default.model", import.meta.url)));
	const names = new Set(rows.map(({ name }) => name));
	assert.deepEqual(
		model.featureNames.filter((name) => !names.has(name)),
		[],
	);
});
