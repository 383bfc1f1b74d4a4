import { isEndlessName } from "../input/input-kinds.ts";
import { InputList, type NamedInput } from "../input/input-list.ts";
import type { Totals } from "../report/totals.ts";
import { failureAt, RunFailure } from "./failure.ts";
import { type Outlet, Outlets } from "./outlets.ts";
import type { Pipeline } from "./pipeline.ts";
import type { RunObserver } from "./run-observer.ts";
import { runPipeline } from "./run-pipeline.ts";
import { Tally } from "./tally.ts";

export interface DetectionRun {
	readonly names: readonly string[];
	/** The last name is a directory that captures are still written to. */
	readonly follow?: boolean;
	/** Undefined for a file of a directory that is of no known kind. `inputs` knows what comes next. */
	open(input: NamedInput, inputs: InputList): Promise<Pipeline | undefined>;
	/** Files that may be opened at the same time; their output keeps the order of the inputs. */
	readonly filesAtOnce?: number;
	readonly outlets: readonly Outlet[];
	readonly observer?: RunObserver;
	/** Aborting it ends the run in good order. */
	readonly signal?: AbortSignal;
}

export interface RunOutcome {
	readonly totals: Totals;
	/** What went wrong, each told to the observer; at most {@link MOST_FAILURES} of them. */
	readonly failures: readonly RunFailure[];
}

const MOST_FAILURES = 1000;

/**
 * Takes all inputs through their pipelines to the outputs: live inputs at the same time, files in their order beside them.
 * An input that fails does not affect the others; an output that fails and must not ends the run. Never rejects.
 */
export async function runDetection(run: DetectionRun): Promise<RunOutcome> {
	return new Run(run).outcome();
}

class Run {
	readonly #run: DetectionRun;
	readonly #observer: RunObserver;
	readonly #outlets: Outlets;
	readonly #tally: Tally;
	readonly #failures: RunFailure[] = [];
	readonly #end = new AbortController();

	constructor(run: DetectionRun) {
		this.#run = run;
		this.#observer = run.observer ?? {};
		this.#outlets = new Outlets(run.outlets, this.#observer);
		this.#tally = new Tally(this.#outlets.tellTotals);
	}

	async outcome(): Promise<RunOutcome> {
		const { names, follow, signal } = this.#run;
		const stop = (): void => this.#end.abort();
		if (signal?.aborted) stop();
		signal?.addEventListener("abort", stop);
		const live = names.filter(isEndlessName);
		const files = new InputList(
			names.filter((name) => !isEndlessName(name)),
			follow,
		);
		await Promise.all([...live.map((name) => this.#lane(new InputList([name]))), this.#lane(files)]);
		signal?.removeEventListener("abort", stop);
		const totals = this.#tally.totals();
		try {
			await this.#outlets.close(totals);
		} catch (error) {
			this.#failed(failureAt("sink", "output", error));
		}
		return { totals, failures: this.#failures };
	}

	/** Takes the inputs of a list one after the other; some are opened ahead. */
	async #lane(inputs: InputList): Promise<void> {
		const { filesAtOnce = 1 } = this.#run;
		const { signal } = this.#end;
		const stop = (): void => inputs.stop();
		if (signal.aborted) stop();
		signal.addEventListener("abort", stop);
		const ahead: Promise<Pipeline | RunFailure | undefined>[] = [];
		const isMore = (): boolean => ahead.length === 0 || (ahead.length < filesAtOnce && inputs.peek() !== undefined);
		try {
			for (;;) {
				while (!signal.aborted && isMore()) {
					const input = await inputs.next();
					if (input === undefined) break;
					ahead.push(this.#opened(input, inputs));
				}
				const next = ahead.shift();
				if (next === undefined) break;
				const opened = await next;
				if (opened instanceof RunFailure) this.#failed(opened);
				else if (opened) await this.#take(opened);
			}
		} catch (error) {
			this.#failed(failureAt("source", "inputs", error));
		}
		signal.removeEventListener("abort", stop);
	}

	/** Never rejects: an input that was opened ahead fails when its turn has come. */
	async #opened(input: NamedInput, inputs: InputList): Promise<Pipeline | RunFailure | undefined> {
		try {
			return await this.#run.open(input, inputs);
		} catch (error) {
			return failureAt("source", input.name, error);
		}
	}

	async #take(pipeline: Pipeline): Promise<void> {
		const [outlets, tally, observer, { signal }] = [this.#outlets, this.#tally, this.#observer, this.#end];
		const failure = await runPipeline({ pipeline, outlets, tally, observer, signal });
		if (failure?.place === "sink") this.#end.abort();
		else if (failure) this.#failed(failure);
	}

	#failed(failure: RunFailure): void {
		if (this.#failures.length < MOST_FAILURES) this.#failures.push(failure);
		this.#observer.failed?.(failure);
	}
}

/** 0 done, 1 something failed, 2 wrong usage, 3 a miner was found and the caller asked for that status. */
export function exitStatus({ failures, totals }: RunOutcome, failOnMiner: boolean): number {
	if (failures.some(({ isUsage }) => isUsage)) return 2;
	if (failures.length > 0) return 1;
	return failOnMiner && totals.miner_flows > 0 ? 3 : 0;
}
