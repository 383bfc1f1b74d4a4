import assert from "node:assert/strict";
import { test } from "node:test";
import { goldenFlows } from "../../lab/golden-flows.ts";
import { needsShared, sharedPath } from "../../lab/shared-data.ts";
import { detect } from "../detect/detect.ts";
import { createDetectMemory, createDetector } from "../detect/detector.ts";
import { DEFAULT_OPTIONS } from "../detect/options.ts";
import { VerdictColumns } from "../detect/verdicts.ts";
import { openModel } from "../forest/open-model.ts";
import { countVerdicts, createVerifyCounts } from "./confusion.ts";
import { verifyFigures } from "./verify-report.ts";

const FOLDER = "golden/detector/crashers";

test("a label that is neither Miner nor Other, which stops the original, is counted apart", {
	skip: needsShared(FOLDER),
}, async () => {
	const options = { ...DEFAULT_OPTIONS, compat: "cython0.29" as const };
	const model = openModel(sharedPath("golden/detector/model/data_symmetry.pickle")!);
	for (const name of ["label_empty", "label_lowercase", "label_unknown"]) {
		const flows = await goldenFlows(`${FOLDER}/${name}.trapcap.gz`);
		const counts = createVerifyCounts();
		countVerdicts(
			counts,
			flows,
			detect(flows, createDetector(model, options), createDetectMemory(options), new VerdictColumns(options)),
		);
		const { all, unlabelled } = verifyFigures(counts);
		assert.ok(unlabelled > 0, name);
		assert.equal(all.flows + unlabelled, flows.length, name);
	}
});
