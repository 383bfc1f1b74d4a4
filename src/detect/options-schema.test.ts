import assert from "node:assert/strict";
import { test } from "node:test";
import { UsageError } from "../bytes/error.ts";
import { DEFAULT_CONVERSATIONS, DEFAULT_OPTIONS } from "./options.ts";
import { DETECT_SETTINGS, type DetectSetting, detectOptionsOf } from "./options-schema.ts";

const settings: readonly DetectSetting[] = Object.values(DETECT_SETTINGS);

test("without settings the options are the defaults", () => {
	assert.deepEqual(detectOptionsOf({}), DEFAULT_OPTIONS);
});

test("every setting reaches the detector", () => {
	const options = detectOptionsOf({
		mlThreshold: 0.9,
		dstThreshold: 0.1,
		useDstCache: true,
		cacheSize: 7,
		cacheMaxAge: 60,
		filter: true,
		conversations: true,
		poolsDecide: true,
		compat: "cython3",
	});
	assert.deepEqual(options, {
		mlThreshold: 0.9,
		dstThreshold: 0.1,
		cache: true,
		cacheSize: 7,
		cacheMaxAge: 60e6,
		filter: true,
		conversations: DEFAULT_CONVERSATIONS,
		poolsDecide: true,
		compat: "cython3",
	});
});

test("keys are those of the table, and no two flags are the same", () => {
	for (const [key, setting] of Object.entries(DETECT_SETTINGS)) assert.equal(setting.key, key);
	const flags = settings.flatMap((setting) => setting.flags.match(/-{1,2}[a-z-]+/g) ?? []);
	assert.equal(new Set(flags).size, flags.length);
});

test("a value that is none is a usage error that says what is expected", () => {
	for (const { parse } of settings)
		for (const text of ["", " ", "x", "-1", "NaN", "1e999"])
			if (parse)
				assert.throws(
					() => parse(text),
					(error) => error instanceof UsageError && /^It must be/.test(error.message),
				);
});

test("a default is a value that the parser takes", () => {
	for (const { fallback, parse } of settings)
		if (parse && fallback !== undefined) assert.equal(parse(String(fallback)), fallback);
});
