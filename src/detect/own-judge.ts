import { Conversations } from "./conversations.ts";
import { DstCache } from "./dst-cache.ts";
import { explainFlow } from "./explain-flow.ts";
import type { Judge } from "./judge.ts";
import { judgeBlock } from "./judge-block.ts";
import { ORIGINAL_THRESHOLDS } from "./options.ts";

/** Our rules: docs/detection.md. */
export const ownJudge: Judge = {
	judgeBlock,
	listMiners: (verdicts) => verdicts.listMiners(),
	explain: explainFlow,
	defaultThresholds: (model) => model.thresholds ?? ORIGINAL_THRESHOLDS,
	checkModel() {},
	createMemory: ({ cache, cacheSize, cacheMaxAge, conversations }, counters) => ({
		counters,
		...(cache && { cache: new DstCache(cacheSize, cacheMaxAge) }),
		...(conversations && { conversations: new Conversations(conversations) }),
	}),
};
