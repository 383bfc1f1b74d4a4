import { detect } from "../detect/detect.ts";
import type { DetectCounters } from "../detect/detect-counters.ts";
import { createDetectMemory, type DetectMemory, type Detector } from "../detect/detector.ts";
import { explain } from "../detect/explain.ts";
import type { Explanation } from "../detect/explanation.ts";
import { VerdictColumns, type Verdicts } from "../detect/verdicts.ts";
import type { FlowColumns } from "../flow/flow-columns.ts";
import type { DecidedBatch } from "../report/verdict-sink.ts";
import { DissentCollector } from "./dissent-collector.ts";
import { joinSections, splitSections } from "./memory-sections.ts";
import { PushCollector } from "./push-collector.ts";

export interface DecisionOptions {
	/** Report every flow that was judged, not only the miners. */
	readonly all?: boolean;
	/** Collect the flows that speak against earlier reports, for a sink that wants them. */
	readonly wantsDissents?: boolean;
	/** Collect what servers sent unasked, for a sink that wants it. */
	readonly wantsPushes?: boolean;
}

/** A detector with what one pipeline remembers between batches. The only place that calls {@link detect}. */
export class Decider {
	#detector: Detector;
	#memory: DetectMemory;
	#verdicts: VerdictColumns;
	readonly #all: boolean;
	readonly #dissents: DissentCollector | undefined;
	readonly #pushes: PushCollector | undefined;

	constructor(detector: Detector, options: DecisionOptions = {}) {
		this.#detector = detector;
		this.#memory = createDetectMemory(detector.options);
		this.#verdicts = new VerdictColumns(detector.options);
		this.#all = options.all ?? false;
		this.#dissents = options.wantsDissents ? new DissentCollector() : undefined;
		this.#pushes = options.wantsPushes ? new PushCollector() : undefined;
	}

	get counters(): DetectCounters {
		return this.#memory.counters;
	}

	/** Decides with this detector from the next batch on. What conversations said is kept where the new options keep it, too. */
	replace(detector: Detector): void {
		const fresh = createDetectMemory(detector.options);
		const { counters } = this.#memory;
		this.#memory = remembersAlike(this.#detector, detector) ? this.#memory : { ...fresh, counters };
		this.#verdicts = new VerdictColumns(detector.options);
		this.#detector = detector;
	}

	/** All that it remembers between batches, for {@link load}. The memory of the original's rules is not among it. */
	save(): Uint8Array {
		const { cache, conversations } = this.#memory;
		return joinSections({
			cache: cache?.save(),
			conversations: conversations?.save(),
			dissents: this.#dissents?.save(),
		});
	}

	/** Returns false where the bytes are no saved memory; what could be read of them is remembered then. */
	load(saved: Uint8Array): boolean {
		const sections = splitSections(saved);
		if (sections === undefined) return false;
		const { cache, conversations } = this.#memory;
		const keepers = { cache, conversations, dissents: this.#dissents };
		return Object.entries(keepers).every(([name, keeper]) => {
			const section = sections.get(name);
			return keeper === undefined || section === undefined || keeper.load(section);
		});
	}

	/** The batch is valid until the next one is decided. Throws what the detector throws. */
	decide(input: string, flows: FlowColumns): DecidedBatch {
		const detector = this.#detector;
		const verdicts = detect(flows, detector, this.#memory, this.#verdicts);
		const reported = this.#all ? judgedFlows(flows, verdicts) : verdicts.miners.subarray(0, verdicts.minerCount);
		const explainOnce = remembered(flows, verdicts, detector);
		const dissents = this.#dissents?.collect(input, flows, verdicts, detector, explainOnce);
		const pushes = this.#pushes?.collect(input, flows, verdicts, detector, explainOnce);
		return {
			input,
			flows,
			verdicts,
			reported,
			indexOf: (i) => flows.firstIndex + i,
			explain: explainOnce,
			...(dissents && dissents.length > 0 && { dissents }),
			...(pushes && pushes.length > 0 && { pushes }),
		};
	}
}

/** Whether what is remembered under one detector's options has the meaning and bounds that the other's ask for. */
function remembersAlike({ options: before }: Detector, { options: after }: Detector): boolean {
	return (
		before.compat === after.compat &&
		before.cache === after.cache &&
		before.cacheSize === after.cacheSize &&
		before.cacheMaxAge === after.cacheMaxAge &&
		JSON.stringify(before.conversations) === JSON.stringify(after.conversations)
	);
}

function judgedFlows(flows: FlowColumns, verdicts: Verdicts): Uint32Array {
	const judged = new Uint32Array(flows.length);
	let count = 0;
	for (let i = 0; i < flows.length; i++) if (verdicts.skipped[i] === 0) judged[count++] = i;
	return judged.subarray(0, count);
}

/** Explaining asks every tree: once a flow, however many sinks ask. */
function remembered(flows: FlowColumns, verdicts: Verdicts, detector: Detector): (i: number) => Explanation {
	const known = new Map<number, Explanation>();
	return (i) => {
		let explanation = known.get(i);
		if (explanation === undefined) {
			explanation = explain(flows, i, verdicts, detector);
			known.set(i, explanation);
		}
		return explanation;
	};
}
