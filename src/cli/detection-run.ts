import { type SourceCounters, totalMalformed } from "../bytes/counters.ts";
import { reasonOf, UsageError } from "../bytes/error.ts";
import { detect } from "../detect/detect.ts";
import { notJudgedByShape } from "../detect/detect-counters.ts";
import type { Detector, DetectState } from "../detect/detector.ts";
import { explain } from "../detect/explain.ts";
import type { Explanation } from "../detect/explanation.ts";
import type { Verdicts } from "../detect/verdicts.ts";
import { sourceMines } from "../detect/who-mines.ts";
import { addressText } from "../flow/address.ts";
import type { FlowColumns } from "../flow/flow-columns.ts";
import type { InputList, NamedInput } from "../input/input-list.ts";
import type { OpenedInput } from "../input/input-options.ts";
import type { Totals } from "../report/totals.ts";
import type { VerdictSink } from "../report/verdict-sink.ts";
import { OrderlyEnd } from "./orderly-end.ts";
import type { Progress } from "./progress.ts";

export interface DetectionRun {
	readonly inputs: InputList;
	open(input: NamedInput): Promise<OpenedInput | undefined>;
	readonly detector: Detector;
	readonly state: DetectState;
	readonly sink: VerdictSink;
	/** Report every flow that was judged, not only the miners. */
	readonly all: boolean;
	readonly progress: Progress;
	/** Told of each decided batch, before it is reported: verify mode counts here. */
	readonly onDecided?: (flows: FlowColumns, verdicts: Verdicts) => void;
	/** Told when an input has been read to its end. */
	readonly onInputEnd?: (input: NamedInput, opened: OpenedInput) => Promise<void>;
	/** What stands between a source and the detector: the original's buffer. */
	readonly stage?: (flows: AsyncIterable<FlowColumns>) => AsyncIterable<FlowColumns>;
	complain(line: string): void;
}

export interface RunOutcome {
	readonly totals: Totals;
	/** Inputs that could not be read, or not to their end. */
	readonly failures: readonly unknown[];
}

/** Takes every input through the detector to the sink, in order. An input that fails is told and the others are still read. */
export async function runDetection(run: DetectionRun): Promise<RunOutcome> {
	using end = new OrderlyEnd();
	end.watch(run.inputs);
	const tally = new Tally(run.sink.tellsTotals === true);
	const failures: unknown[] = [];
	for (let input = await run.inputs.next(); input && !end.asked; input = await run.inputs.next()) {
		try {
			await detectIn(input, run, end, tally);
		} catch (error) {
			run.progress.clear();
			run.complain(reasonOf(error));
			failures.push(error);
		}
		end.watch(run.inputs);
	}
	run.progress.stop();
	const totals = tally.totals(run.state);
	await run.sink.close(totals);
	return { totals, failures };
}

async function detectIn(input: NamedInput, run: DetectionRun, end: OrderlyEnd, tally: Tally): Promise<void> {
	const opened = await run.open(input);
	if (!opened) return;
	await using source = opened.source;
	end.watch(source);
	run.progress.follow(input.name, source.counters);
	try {
		for await (const flows of run.stage?.(source) ?? source) {
			const verdicts = detect(flows, run.detector, run.state);
			run.onDecided?.(flows, verdicts);
			tally.count(flows, verdicts, run.detector);
			run.progress.tick();
			const reported = run.all ? everyFlow(flows, verdicts) : verdicts.miners.subarray(0, verdicts.minerCount);
			if (reported.length === 0) continue;
			run.progress.clear();
			await run.sink.write({
				input: input.name,
				flows,
				verdicts,
				reported,
				explain: remembered(flows, verdicts, run.detector),
			});
		}
		await run.onInputEnd?.(input, opened);
	} finally {
		tally.inputEnded(source.counters);
		run.progress.clear();
		for (const warning of source.counters.warnings) run.complain(warning);
	}
}

function everyFlow(flows: FlowColumns, verdicts: Verdicts): Uint32Array {
	const judged = new Uint32Array(flows.length);
	let count = 0;
	for (let i = 0; i < flows.length; i++) if (verdicts.skipped[i] === 0) judged[count++] = i;
	return judged.subarray(0, count);
}

/** Explaining asks every tree: once a flow, however many ask. */
function remembered(flows: FlowColumns, verdicts: Verdicts, detector: Detector): (i: number) => Explanation {
	const known = new Map<number, Explanation>();
	return (i) => {
		const explanation = known.get(i) ?? explain(flows, i, verdicts, detector);
		known.set(i, explanation);
		return explanation;
	};
}

/** What the run comes to, counted as it goes. */
class Tally {
	readonly #started = performance.now();
	#inputs = 0;
	#packets = 0;
	#flows = 0;
	#minerFlows = 0;
	readonly #hosts = new Set<string>();
	readonly #malformed = new Map<string, number>();
	readonly #warnings: string[] = [];
	readonly #countsHosts: boolean;

	/** `countsHosts`: which end mines takes another look at the payload of every miner flow, for a figure of the totals. */
	constructor(countsHosts: boolean) {
		this.#countsHosts = countsHosts;
	}

	count(flows: FlowColumns, verdicts: Verdicts, detector: Detector): void {
		this.#flows += flows.length;
		this.#minerFlows += verdicts.minerCount;
		if (!this.#countsHosts) return;
		for (let k = 0; k < verdicts.minerCount; k++) {
			const i = verdicts.miners[k]!;
			this.#hosts.add(addressText(flows.addresses, i * 32 + (sourceMines(flows, i, detector) ? 0 : 16)));
		}
	}

	inputEnded(counters: SourceCounters): void {
		this.#inputs++;
		this.#packets += counters.packets;
		this.#warnings.push(...counters.warnings);
		if (totalMalformed(counters) === 0) return;
		for (const [reason, times] of counters.malformed)
			this.#malformed.set(reason, (this.#malformed.get(reason) ?? 0) + times);
	}

	totals(state: DetectState): Totals {
		return {
			inputs: this.#inputs,
			packets: this.#packets,
			flows: this.#flows,
			miner_flows: this.#minerFlows,
			mining_hosts: this.#hosts.size,
			not_judged_by_shape: notJudgedByShape(state.counters),
			seconds: (performance.now() - this.#started) / 1000,
			malformed: Object.fromEntries(this.#malformed),
			warnings: this.#warnings,
		};
	}
}

/** 0 done, 1 something failed, 2 wrong usage, 3 a miner was found and one asked for that to be told. */
export function exitStatus(outcome: RunOutcome, failOnMiner: boolean): number {
	if (outcome.failures.some((error) => error instanceof UsageError)) return 2;
	if (outcome.failures.length > 0) return 1;
	return failOnMiner && outcome.totals.miner_flows > 0 ? 3 : 0;
}
