import { createDetector, type Detector } from "../detect/detector.ts";
import type { DetectOptions } from "../detect/options.ts";
import { openModel } from "../forest/open-model.ts";
import { openPoolTable } from "../pool/pool-lookup.ts";
import { networkTest } from "./network-test.ts";

/** What a detector is made of, as plain data: it goes to other threads, each of which makes its own. */
export interface DetectorRecipe {
	/** Path of a model file or pickle. */
	readonly model: string;
	readonly options: Omit<DetectOptions, "pools" | "internal">;
	/** Lists of pools: paths, and `builtin`. */
	readonly pools?: readonly string[];
	/** Networks that are ours: `10.0.0.0/8,2001:db8::/32`. */
	readonly internal?: string;
}

/** Reads the files of the recipe. Throws in the user's words where one cannot be used. */
export function makeDetector({ model, options, pools, internal }: DetectorRecipe): Detector {
	return createDetector(openModel(model), {
		...options,
		...(pools !== undefined && { pools: openPoolTable(pools) }),
		...(internal !== undefined && { internal: networkTest(internal) }),
	});
}
