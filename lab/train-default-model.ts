import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { saveModel } from "../src/forest/file/model-file.ts";
import { makeDefaultModel } from "./default-model.ts";
import { modelReadme } from "./model-readme.ts";
import { calibrate } from "./shape/calibration.ts";
import { serviceCaptures } from "./shape/captured-flows.ts";
import { judgeUnseen } from "./shape/leave-one-out.ts";
import { hasRealFlows } from "./shape/real-flows.ts";
import { DEFAULT_RECIPE } from "./shape/recipe.ts";
import { trainingExamples } from "./shape/training-data.ts";

// Rebuilds models/default.model and its card for people, models/README.md, from the reference flows, the captures of
// the service laboratory and the laboratory's scripts: `node lab/train-default-model.ts`. The same data and the same
// recipe yield the same file.

const README = fileURLToPath(new URL("../models/README.md", import.meta.url));
const OUTPUT = fileURLToPath(new URL("../models/default.model", import.meta.url));

if (!hasRealFlows() || serviceCaptures().length === 0) {
	console.error(
		"train-default-model: needs the reference flows (../shared) and captures of the service laboratory (node lab/services/run.ts); a model without them would be another",
	);
	process.exit(1);
}
const examples = await trainingExamples(DEFAULT_RECIPE);
console.log(`${examples.all.length} flows`);

const calibration = calibrate(examples, await judgeUnseen(examples, DEFAULT_RECIPE));
console.log("thresholds", calibration.thresholds, "reliability", calibration.reliability);

const model = await makeDefaultModel(examples, calibration);
const bytes = saveModel(model);
writeFileSync(OUTPUT, bytes);
writeFileSync(README, modelReadme(model));
console.log(`${OUTPUT}: ${bytes.length} bytes`);
