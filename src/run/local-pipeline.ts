import { HEALTHY, type Health } from "../bytes/component.ts";
import { notJudgedByShape } from "../detect/detect-counters.ts";
import type { Verdicts } from "../detect/verdicts.ts";
import { type FlowColumns, isEarly } from "../flow/flow-columns.ts";
import type { OpenedInput } from "../input/input-options.ts";
import type { DecidedBatch } from "../report/verdict-sink.ts";
import type { Decider } from "./decider.ts";
import { DetectorFailure, type RunFailure, SourceFailure } from "./failure.ts";
import { createDecisionCounters, type Pipeline, type PipelineCounters, type Stage } from "./pipeline.ts";

export interface LocalPipelineOptions {
	/** The input's name as the user gave it, where the source's own differs. */
	readonly name: string;
	readonly opened: Pick<OpenedInput, "source" | "isCapture" | "isLive">;
	readonly decider: Decider;
	readonly stage?: Stage;
	/** Told of each decided batch, also of those that report nothing: verify mode counts here. */
	readonly onDecided?: (flows: FlowColumns, verdicts: Verdicts) => void;
	/** Told when the source has been read to its end. */
	readonly onEnd?: () => void | Promise<void>;
	/** Also give batches without reported flows: those of shards are put in order by them. */
	readonly givesEmpty?: boolean;
}

/** A pipeline on this thread. */
export class LocalPipeline implements Pipeline {
	readonly name: string;
	readonly counters: PipelineCounters;
	readonly isCapture: boolean;
	readonly isLive: boolean;
	readonly #options: LocalPipelineOptions;
	#health: Health = HEALTHY;

	constructor(options: LocalPipelineOptions) {
		const { name, opened } = options;
		this.name = name;
		this.isCapture = opened.isCapture;
		this.isLive = opened.isLive;
		this.counters = { source: opened.source.counters, decided: createDecisionCounters() };
		this.#options = options;
	}

	async *[Symbol.asyncIterator](): AsyncGenerator<DecidedBatch> {
		const { opened, decider, stage, onDecided, onEnd, givesEmpty } = this.#options;
		const flowsUnjudged = notJudgedByShape(decider.counters);
		const pulled = (stage?.(opened.source) ?? opened.source)[Symbol.asyncIterator]();
		try {
			for (;;) {
				const { done, value: flows } = await this.#pull(pulled);
				if (done) break;
				const batch = this.#decide(decider, flows, flowsUnjudged);
				onDecided?.(flows, batch.verdicts);
				if (givesEmpty || hasNews(batch)) yield batch;
			}
			await onEnd?.();
		} finally {
			await pulled.return?.();
		}
	}

	health(): Health {
		return this.#health;
	}

	stop(): void {
		this.#options.opened.source.stop();
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.#options.opened.source[Symbol.asyncDispose]();
	}

	async #pull(pulled: AsyncIterator<FlowColumns>): Promise<IteratorResult<FlowColumns>> {
		try {
			return await pulled.next();
		} catch (error) {
			throw this.#failed(new SourceFailure(this.name, error));
		}
	}

	#decide(decider: Decider, flows: FlowColumns, unjudgedBefore: number): DecidedBatch {
		try {
			const batch = decider.decide(this.name, flows);
			this.#count(flows, batch.verdicts);
			this.counters.decided.notJudgedByShape = notJudgedByShape(decider.counters) - unjudgedBefore;
			return batch;
		} catch (error) {
			throw this.#failed(new DetectorFailure(this.name, error));
		}
	}

	/** Early reports are not counted: their flows come again. */
	#count(flows: FlowColumns, { length, miners, minerCount, reasons }: Verdicts): void {
		const { decided } = this.counters;
		decided.flows += length - earlyFlows(flows);
		for (let k = 0; k < minerCount; k++) {
			const i = miners[k]!;
			if (isEarly(flows, i)) continue;
			decided.minerFlows++;
			decided.byReason[reasons[i]!]!++;
		}
	}

	#failed(failure: RunFailure): RunFailure {
		this.#health = { state: "failed", reason: failure.message };
		return failure;
	}
}

function hasNews({ reported, dissents, pushes }: DecidedBatch): boolean {
	return reported.length > 0 || dissents !== undefined || pushes !== undefined;
}

function earlyFlows(flows: FlowColumns): number {
	if (flows.extras.part === undefined) return 0;
	let early = 0;
	for (let i = 0; i < flows.length; i++) if (isEarly(flows, i)) early++;
	return early;
}
