import { DeCryptoError } from "../../bytes/error.ts";
import type { Judge } from "../judge.ts";
import { COMPAT_CACHE_SIZE, ORIGINAL_THRESHOLDS } from "../options.ts";
import { ORIGINAL_FEATURES } from "../original-features.ts";
import { explainAsOriginal } from "./explain-as-original.ts";
import { judgeBlockAsOriginal, listMinersAsOriginal } from "./judge-block-as-original.ts";
import type { CompatArithmetic } from "./original-arithmetic.ts";
import { OriginalCache } from "./original-cache.ts";

/** The original's rules, with the arithmetic of one of its builds. */
export function originalJudge(arithmetic: CompatArithmetic): Judge {
	return {
		judgeBlock: (flows, begin, end, detector, memory, verdicts) =>
			judgeBlockAsOriginal(flows, begin, end, detector, memory, verdicts, arithmetic),
		listMiners: listMinersAsOriginal,
		explain: (flows, i, verdicts, detector) => explainAsOriginal(flows, i, verdicts, detector, arithmetic),
		defaultThresholds: () => ORIGINAL_THRESHOLDS,
		checkModel: ({ featureNames }) => checkOriginalFeatures(featureNames),
		createMemory: ({ cache }, counters) => ({
			counters,
			...(cache && { originalCache: new OriginalCache(COMPAT_CACHE_SIZE) }),
		}),
	};
}

function checkOriginalFeatures(names: readonly string[]): void {
	const original = Object.keys(ORIGINAL_FEATURES.features);
	if (names.length === original.length && names.every((name, k) => name === original[k])) return;
	throw new DeCryptoError("model", `compat needs a model of the original's features ${original.join(", ")}`, { names });
}
