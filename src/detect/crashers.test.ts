import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { before, test } from "node:test";
import { goldenSource } from "../../lab/golden-flows.ts";
import { needsShared, sharedPath } from "../../lab/shared-data.ts";
import { totalMalformed } from "../bytes/counters.ts";
import { FlowAccumulator } from "../flow/flow-accumulator.ts";
import type { FlowColumns } from "../flow/flow-columns.ts";
import type { Model } from "../forest/model.ts";
import { openModel } from "../forest/open-model.ts";
import { detect } from "./detect.ts";
import { shapeObstaclesByName } from "./detect-counters.ts";
import { createDetectMemory, createDetector } from "./detector.ts";
import { explain } from "./explain.ts";
import { DEFAULT_OPTIONS, type DetectOptions } from "./options.ts";
import { REASON, VerdictColumns } from "./verdicts.ts";

const FOLDER = "golden/detector/crashers";
const skip = needsShared(FOLDER);
/** Position of the bad record among the good ones. */
const BAD = 10;
const GOOD = 20;

let model: Model;
before(() => {
	if (!skip) model = openModel(sharedPath("golden/detector/model/data_symmetry.pickle")!);
});

async function read(name: string): Promise<{ flows?: FlowColumns; malformed: number; warnings: number }> {
	const source = goldenSource(`${FOLDER}/${name}`);
	let all: FlowAccumulator | undefined;
	for await (const flows of source) {
		all ??= new FlowAccumulator(flows, 0);
		for (let i = 0; i < flows.length; i++) all.append(flows, i);
	}
	const malformed = totalMalformed(source.counters);
	return { ...(all && { flows: all.columns() }), malformed, warnings: source.counters.warnings.length };
}

/** The reason of each flow, or `-` if it was skipped; it also explains every flow, which must not fail either. */
function decide(flows: FlowColumns, options: DetectOptions): { decisions: string[]; obstacles: string[] } {
	const detector = createDetector(model, options);
	const memory = createDetectMemory(options);
	const verdictColumns = new VerdictColumns(options);
	const verdicts = detect(flows, detector, memory, verdictColumns);
	for (let i = 0; i < flows.length; i++) {
		assert.ok(explain(flows, i, verdicts, detector).evidence.length >= (verdicts.reasons[i] === REASON.NONE ? 0 : 1));
	}
	const decisions = Array.from(verdicts.reasons.subarray(0, flows.length), (reason, i) =>
		verdicts.skipped[i] === 1 ? "-" : String(reason),
	);
	return { decisions, obstacles: [...shapeObstaclesByName(memory.counters).keys()] };
}

const VARIANTS: Readonly<Record<string, DetectOptions>> = {
	default: { ...DEFAULT_OPTIONS, cache: true },
	"cython0.29": { ...DEFAULT_OPTIONS, compat: "cython0.29" },
	cython3: { ...DEFAULT_OPTIONS, compat: "cython3" },
};

/** The outcome of the bad record under `compat` (its reason, or the obstacle), and by default. */
const BAD_RECORDS: Readonly<Record<string, readonly [compat: string, byDefault: string]>> = {
	"bytes_ge_2^63_miner": ["1", "1"],
	"bytes_ge_2^63_not_miner_ok": ["0", "0"],
	"bytes_rev_ge_2^63_miner": ["1", "1"],
	"dir_value_-4": ["packet direction out of range", "broken packet lists"],
	dir_value_3: ["packet direction out of range", "broken packet lists"],
	dirs_empty: ["no packet directions", "broken packet lists"],
	duration_full_range_ok: ["0", "0"],
	flags_len1_dropped_ok: ["-", "broken packet lists"],
	invalid_utf8_sni_expansion: ["2", "0"],
	lens_empty: ["no packet lengths", "broken packet lists"],
	lens_longer_than_dirs: ["more packet lengths than directions", "broken packet lists"],
	stratum_bad_arrays_ok: ["1", "1"],
	stratum_idp_9000_bytes: ["1", "1"],
	stratum_idp_30000_bytes: ["1", "1"],
	stratum_idp_60000_bytes: ["1", "1"],
	"times_diff_eq_2^31-1_ok": ["0", "0"],
	"times_diff_eq_2^31": ["packet times too far apart", "0"],
	times_diff_gt_int32: ["packet times too far apart", "0"],
	times_len0: ["fewer than two packet times", "broken packet lists"],
	times_len1_flags2: ["fewer than two packet times", "broken packet lists"],
	times_sum_wrap_intermediate: ["packet times too far apart", "0"],
};

test("a record that stops the original costs no other record its decision", { skip }, async (t) => {
	const clean = (await read("record_2B.trapcap.gz")).flows!;
	assert.equal(clean.length, GOOD);
	for (const [variant, options] of Object.entries(VARIANTS)) {
		const expected = decide(clean, options);
		for (const [name, [compat, byDefault]] of Object.entries(BAD_RECORDS)) {
			const { flows } = await read(`${name}.trapcap.gz`);
			const { decisions, obstacles } = decide(flows!, options);
			const [bad] = decisions.splice(BAD, 1);
			assert.deepEqual(decisions, expected.decisions, `${variant}: ${name}`);
			const outcome = variant === "default" ? byDefault : compat;
			if (outcome.length === 1) assert.equal(bad, outcome, `${variant}: ${name}`);
			else assert.ok(obstacles.includes(outcome), `${variant}: ${name}: ${obstacles}`);
		}
	}
	t.diagnostic(`${Object.keys(BAD_RECORDS).length} files in ${Object.keys(VARIANTS).length} variants, 0 different`);
});

test("records and files that are cut, empty or ended early are read as far as they go", { skip }, async () => {
	const clean = (await read("record_2B.trapcap.gz")).flows!;
	for (const name of ["record_2B", "truncated_record_60B", "dyn_offset_out_of_record"]) {
		const { flows, malformed } = await read(`${name}.trapcap.gz`);
		assert.equal(malformed, 1, name);
		for (const options of Object.values(VARIANTS))
			assert.deepEqual(decide(flows!, options), decide(clean, options), name);
	}
	const ended = (await read("eos_1_byte_mid_stream.trapcap.gz")).flows!;
	assert.equal(ended.length, BAD, "what follows the end of the stream is not read");
	for (const options of Object.values(VARIANTS)) {
		assert.deepEqual(decide(ended, options).decisions, decide(clean, options).decisions.slice(0, BAD));
	}
	const cut = await read("truncated_container.trapcap.gz");
	assert.ok(cut.flows!.length > 0 && cut.warnings === 1, "everything before the cut, and a warning");
	assert.equal((await read("hello_only.trapcap.gz")).flows, undefined);
	assert.equal((await read("empty.trapcap.gz")).flows, undefined);
	await assert.rejects(read("missing_field.trapcap.gz"), /the sender's records lack ipaddr DST_IP/);
});

test("all files of the folder are among those tested", { skip }, () => {
	const others = ["record_2B", "truncated_record_60B", "dyn_offset_out_of_record", "eos_1_byte_mid_stream"];
	others.push("truncated_container", "hello_only", "empty", "missing_field");
	// Invalid labels concern only verify mode; decisions do not depend on them.
	others.push("empty_v", "label_empty", "label_lowercase", "label_unknown");
	const names = readdirSync(sharedPath(FOLDER)!).filter((name) => name.endsWith(".trapcap.gz"));
	const known = new Set([...Object.keys(BAD_RECORDS), ...others].map((name) => `${name}.trapcap.gz`));
	assert.deepEqual(
		names.filter((name) => !known.has(name)),
		[],
	);
});
