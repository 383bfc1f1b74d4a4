import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { ERROR_CODES } from "./error-codes.ts";

test("every code of the catalogue is used, has a meaning and is lower case", () => {
	const sources = fileURLToPath(new URL("../", import.meta.url));
	const text = readdirSync(sources, { recursive: true, encoding: "utf8" })
		.filter((path) => path.endsWith(".ts") && !path.endsWith(".test.ts") && !path.endsWith("error-codes.ts"))
		.map((path) => readFileSync(join(sources, path), "utf8"))
		.join("\n");
	for (const [code, meaning] of Object.entries(ERROR_CODES)) {
		assert.match(code, /^[a-z][a-z0-9-]*$/);
		assert.ok(meaning.length > 10, code);
		// The store's faults are named without the prefix where they are told apart.
		const names = [`"${code}"`, `"${code.replace(/^store-/, "")}"`];
		assert.ok(
			names.some((name) => text.includes(name)),
			`${code} is used nowhere`,
		);
	}
});
