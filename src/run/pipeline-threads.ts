import type { EventLoopUtilization } from "node:perf_hooks";
import { PLACES } from "../capture/shard.ts";
import type { InputList, NamedInput } from "../input/input-list.ts";
import { DEFAULT_MAXIMUM_FLOWS } from "../meter/meter-defaults.ts";
import { MergedPipeline } from "./merged-pipeline.ts";
import type { ReadOptions } from "./metering-purpose.ts";
import type { Pipeline } from "./pipeline.ts";
import type { DecisionOrder } from "./pipeline-messages.ts";
import { PipelineThread } from "./pipeline-thread.ts";
import { PACKETS_PER_ROUND } from "./shared-capture.ts";
import { Sharing } from "./sharing.ts";
import type { ThreadPipeline } from "./thread-pipeline.ts";

/**
 * The threads of a run, each with a detector of its own: several inputs at the same time, a large capture in shards on all of
 * them. The first begins to load at once, the others when they are first needed.
 */
export class PipelineThreads implements AsyncDisposable {
	readonly count: number;
	readonly #threads: PipelineThread[] = [new PipelineThread()];
	readonly #ready: (Promise<void> | undefined)[] = [];
	readonly #sharing = new Sharing();
	#decision: DecisionOrder | undefined;
	/** Where the files of a directory go: they continue each other. */
	#ofDirectory: { readonly directory: string; readonly thread: PipelineThread } | undefined;

	constructor(count: number) {
		this.count = count;
	}

	/** What each thread that was begun has worked and waited, in their order. */
	utilisations(): EventLoopUtilization[] {
		return this.#threads.map((thread) => thread.utilisation());
	}

	/** How all threads decide, from their next batches on. Rejects where no such detector can be made. */
	async decideBy(decision: DecisionOrder): Promise<void> {
		this.#replaceBroken();
		const before = this.#decision;
		this.#decision = decision;
		const ready = this.#threads.map((thread) => thread.decideBy(decision));
		try {
			await Promise.all(ready);
			this.#ready.splice(0, Infinity, ...ready);
		} catch (error) {
			await Promise.allSettled(ready);
			this.#decision = before;
			throw error;
		}
	}

	/**
	 * Opens an input on the thread with the fewest inputs, or the thread of its directory; a large capture on all of them. With
	 * `inOnePlace` on the first one: what is remembered of earlier inputs counts, or the order of all flows does.
	 */
	async open(
		input: NamedInput,
		options: ReadOptions,
		inputs?: InputList,
		inOnePlace = false,
	): Promise<Pipeline | undefined> {
		const next = input.directory === undefined ? undefined : inputs?.peek();
		if (!inOnePlace && this.#sharing.appliesTo(input, options)) return this.#openShared(input, options, next);
		const thread = inOnePlace ? this.#threads[0]! : this.#threadFor(input);
		const ready = this.#readyAt(this.#threads.indexOf(thread));
		const [opened] = await Promise.all([thread.open(input, options, { next }), ready]);
		return opened;
	}

	async [Symbol.asyncDispose](): Promise<void> {
		for (const thread of this.#threads) await thread[Symbol.asyncDispose]();
	}

	#threadFor({ directory }: NamedInput): PipelineThread {
		const known = this.#ofDirectory;
		if (known !== undefined && known.directory === directory && !known.thread.isBroken) return known.thread;
		const thread = this.#leastLoaded();
		this.#ofDirectory = directory === undefined ? undefined : { directory, thread };
		return thread;
	}

	#leastLoaded(): PipelineThread {
		this.#replaceBroken();
		const idle = this.#threads.find(({ load }) => load === 0);
		if (idle) return idle;
		if (this.#threads.length < this.count) return this.#added();
		return this.#threads.reduce((least, thread) => (thread.load < least.load ? thread : least));
	}

	/** A thread that has ended took its inputs with it; those to come get a new one. */
	#replaceBroken(): void {
		for (const [i, { isBroken }] of this.#threads.entries()) {
			if (!isBroken) continue;
			this.#threads[i] = new PipelineThread(i);
			this.#ready[i] = undefined;
		}
	}

	#added(): PipelineThread {
		const thread = new PipelineThread(this.#threads.length);
		this.#threads.push(thread);
		return thread;
	}

	/** The detector is made while the thread is loading, and once per decision. */
	#readyAt(i: number): Promise<void> {
		if (this.#decision === undefined) throw new Error("a thread needs to know how to decide");
		const ready = this.#ready[i] ?? this.#threads[i]!.decideBy(this.#decision);
		this.#ready[i] = ready;
		return ready;
	}

	async #openShared(
		input: NamedInput,
		options: ReadOptions,
		next: NamedInput | undefined,
	): Promise<Pipeline | undefined> {
		this.#replaceBroken();
		while (this.#threads.length < this.count) this.#added();
		const opened = await Promise.allSettled(
			this.#threads.map(async (thread, i) => {
				await this.#readyAt(i);
				return thread.open(input, ofShard(options, i, this.count), { next, givesEmpty: true });
			}),
		);
		const shards = opened.map((result) => (result.status === "fulfilled" ? result.value : undefined));
		const whole = shards.filter((shard): shard is ThreadPipeline => shard !== undefined);
		const isCapture = whole.length === this.count && whole.every((shard) => shard.isCapture);
		if (isCapture) return new MergedPipeline(whole);
		await Promise.allSettled(whole.map((shard) => shard[Symbol.asyncDispose]()));
		for (const result of opened) if (result.status === "rejected") throw result.reason;
		if (whole.length < this.count) return undefined;
		// Flow records cannot be divided by packets: one thread reads them.
		return this.#threads[0]!.open(input, options, { next });
	}
}

/** The table is divided as the packets are. */
function ofShard({ metering, ...options }: ReadOptions, i: number, count: number): ReadOptions {
	const place = (k: number): number => Math.round((PLACES * k) / count);
	const shard = { begin: place(i), end: place(i + 1) };
	const maximumFlows = Math.ceil((metering.maximumFlows ?? DEFAULT_MAXIMUM_FLOWS) / count);
	return { ...options, metering: { ...metering, maximumFlows, shard, packetsPerRound: PACKETS_PER_ROUND } };
}
