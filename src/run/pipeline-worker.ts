import { parentPort } from "node:worker_threads";
import { bufferFlows } from "../detect/buffer.ts";
import type { Detector } from "../detect/detector.ts";
import { DirectoryRotation } from "../input/directory-rotation.ts";
import { isEndlessName } from "../input/input-kinds.ts";
import type { NamedInput } from "../input/input-list.ts";
import type { OpenedInput } from "../input/input-options.ts";
import { openInput } from "../input/open-input.ts";
import { DEFAULT_INACTIVE_TIMEOUT } from "../meter/meter-defaults.ts";
import type { Rotation } from "../meter/rotation.ts";
import { compacted, transferablesOfBatch } from "./compact-batch.ts";
import { Decider } from "./decider.ts";
import { makeDetector } from "./detector-recipe.ts";
import { failureAt, RunFailure } from "./failure.ts";
import { failureMessageOf } from "./failure-message.ts";
import { LocalPipeline } from "./local-pipeline.ts";
import { forPurpose } from "./metering-purpose.ts";
import type { PipelineCounters } from "./pipeline.ts";
import {
	type DecisionOrder,
	FLOWS_UNDERWAY,
	type Job,
	type PipelineOrder,
	type PipelineReport,
} from "./pipeline-messages.ts";

/** The thread that runs pipelines: it reads, meters and decides one input after the other, and ends with its parent. */

/** An input that gives nothing for long still counts. */
const COUNTERS_MS = 200;

const port = parentPort!;
const jobs = new Map<number, Running>();
/** The last file to be read: the next one waits for it. */
let lastFile: Promise<void> = Promise.resolve();
let detector: Detector | undefined;
let decision: DecisionOrder | undefined;
/** Files remember together; an input without an end has a memory of its own. */
let ofFiles: Decider | undefined;
const deciders = new Set<Decider>();
/** What comes after the file that is being read. */
let next: NamedInput | undefined;
let rotations: DirectoryRotation | undefined;

port.on("message", (order: PipelineOrder) => {
	switch (order.kind) {
		case "decide":
			return decideBy(order.number, order.decision);
		case "job":
			return start(new Running(order.job));
		case "taken":
			return jobs.get(order.job)?.taken(order.flows);
		default:
			return jobs.get(order.job)?.[order.kind]();
	}
});

function start(job: Running): void {
	jobs.set(job.number, job);
	if (job.isEndless) void job.serve();
	else lastFile = lastFile.then(() => job.serve());
}

function report(report: PipelineReport, transfer: readonly ArrayBuffer[] = []): void {
	port.postMessage(report, transfer);
}

/** A detector that cannot be made leaves the one there was. */
function decideBy(number: number, order: DecisionOrder): void {
	try {
		detector = makeDetector(order.recipe);
		decision = order;
		for (const decider of deciders) decider.replace(detector);
		report({ kind: "ready", number });
	} catch (error) {
		report({ kind: "ready", number, failure: failureMessageOf(error) });
	}
}

function newDecider(): Decider {
	if (detector === undefined || decision === undefined) throw new Error("this thread was not told how to decide");
	const decider = new Decider(detector, decision);
	deciders.add(decider);
	return decider;
}

/** One job, from its opening to its end. */
class Running {
	readonly number: number;
	readonly #job: Job;
	#pipeline: LocalPipeline | undefined;
	readonly isEndless: boolean;
	/** Reported flows that may still be sent. */
	#credit = FLOWS_UNDERWAY;
	#wake = (): void => {};
	#isStopped = false;
	#isDropped = false;

	constructor(job: Job) {
		this.number = job.number;
		this.isEndless = isEndlessName(job.input.name);
		this.#job = job;
	}

	async serve(): Promise<void> {
		const { number: job } = this;
		try {
			const counters = await this.#run();
			report(counters ? { kind: "ended", job, counters } : { kind: "unknown", job });
		} catch (error) {
			const { place } = failureAt("source", this.#job.input.name, error);
			report({
				kind: "failed",
				job,
				place,
				failure: failureMessageOf(causeOf(error)),
				counters: this.#pipeline?.counters,
			});
		}
		jobs.delete(job);
	}

	taken(flows: number): void {
		this.#credit += flows;
		this.#wake();
	}

	stop(): void {
		this.#isStopped = true;
		this.#pipeline?.stop();
	}

	drop(): void {
		this.#isDropped = true;
		this.stop();
		this.#wake();
	}

	/** Undefined where the input is of no known kind. */
	async #run(): Promise<PipelineCounters | undefined> {
		if (this.#isDropped) return undefined;
		const opened = await this.#open();
		if (opened === undefined) return undefined;
		if (!this.isEndless) {
			ofFiles ??= newDecider();
			return this.#decideAll(opened, ofFiles);
		}
		const decider = newDecider();
		try {
			return await this.#decideAll(opened, decider);
		} finally {
			deciders.delete(decider);
		}
	}

	async #decideAll(opened: OpenedInput, decider: Decider): Promise<PipelineCounters> {
		const { number: job } = this;
		const { input, givesEmpty } = this.#job;
		const buffer = decision?.buffer;
		const pipeline = new LocalPipeline({
			name: input.name,
			opened,
			decider,
			givesEmpty,
			...(buffer && { stage: (flows) => bufferFlows(flows, buffer) }),
		});
		this.#pipeline = pipeline;
		await using _pipeline = pipeline;
		if (this.#isStopped) pipeline.stop();
		const { counters, isCapture, isLive } = pipeline;
		report({ kind: "opened", job, name: opened.source.name, isCapture, isLive, counters });
		const timer = setInterval(() => report({ kind: "counters", job, counters }), COUNTERS_MS);
		try {
			for await (const batch of pipeline) {
				const crossing = compacted(batch);
				while (this.#credit <= 0 && !this.#isDropped) await this.#woken();
				if (this.#isDropped) break;
				this.#credit -= batch.reported.length;
				report({ kind: "batch", job, batch: crossing, counters }, transferablesOfBatch(crossing));
			}
		} finally {
			clearInterval(timer);
		}
		return counters;
	}

	#woken(): Promise<void> {
		return new Promise((resolve) => {
			this.#wake = resolve;
		});
	}

	#rotation(): Rotation | undefined {
		const { input, options } = this.#job;
		next = this.#job.next;
		rotations ??= new DirectoryRotation(
			{ peek: () => next },
			options.metering.inactiveTimeout ?? DEFAULT_INACTIVE_TIMEOUT,
		);
		return rotations.of(input);
	}

	async #open(): Promise<OpenedInput | undefined> {
		const { input, options } = this.#job;
		const rotation = this.isEndless ? undefined : this.#rotation();
		const warn = (line: string) => report({ kind: "warning", job: this.number, line });
		const metering = { ...options.metering, ...(rotation && { rotation }) };
		return openInput(input, forPurpose({ ...options, metering, warn }));
	}
}

/** What was thrown at first: the failure's place travels beside it. */
function causeOf(error: unknown): unknown {
	return error instanceof RunFailure ? error.cause : error;
}
