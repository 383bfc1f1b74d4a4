import assert from "node:assert/strict";
import { test } from "node:test";
import {
	type createDetectMemory,
	type createDetector,
	DEFAULT_OPTIONS,
	type DetectOptions,
	type detect,
	type Explanation,
	type explain,
	type FlowColumns,
	type FlowSource,
	type loadModel,
	type openCsvSource,
	VerdictColumns,
	type Verdicts,
} from "./index.ts";

/** True if the types are the same, checked by the compiler. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

test("the published types of the library are those that its documentation uses", () => {
	const signatures: readonly true[] = [
		true satisfies Same<ReturnType<typeof detect>, Verdicts>,
		true satisfies Same<ReturnType<typeof explain>, Explanation>,
		true satisfies Same<Parameters<typeof detect>[0], FlowColumns>,
		true satisfies Same<Parameters<typeof createDetector>[0], ReturnType<typeof loadModel>>,
		true satisfies Same<Parameters<typeof createDetectMemory>, [options: DetectOptions]>,
		true satisfies Same<Awaited<ReturnType<typeof openCsvSource>> extends FlowSource ? true : false, true>,
	];
	assert.ok(signatures.every(Boolean));
	assert.equal(new VerdictColumns(DEFAULT_OPTIONS).minerCount, 0);
});

test("batches and verdicts are read-only for users of the library", () => {
	const attempts = (flows: FlowColumns, verdicts: Verdicts) => {
		// @ts-expect-error columns cannot be replaced
		flows.addresses = new Uint8Array(0);
		// @ts-expect-error verdicts cannot be replaced
		verdicts.decidedBy = new Uint8Array(0);
	};
	assert.equal(typeof attempts, "function");
});
