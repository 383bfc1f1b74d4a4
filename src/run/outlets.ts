import { MutedLog } from "../bytes/muted-log.ts";
import type { Totals } from "../report/totals.ts";
import type { DecidedBatch, VerdictSink } from "../report/verdict-sink.ts";
import { SinkFailure } from "./failure.ts";
import type { RunObserver } from "./run-observer.ts";

/** A sink and what its failure means. `stop` ends the run; `drop` loses the batch, counts it, and the run goes on. */
export interface Outlet {
	readonly sink: VerdictSink;
	readonly onFailure: "stop" | "drop";
}

/** All outputs of a run. Pipelines that run at the same time write one after the other. */
export class Outlets {
	readonly #outlets: readonly Outlet[];
	readonly #observer: RunObserver;
	readonly #log: MutedLog;
	/** Resolves when the last write that was asked for is done. */
	#last: Promise<void> = Promise.resolve();
	#failure: SinkFailure | undefined;

	constructor(outlets: readonly Outlet[], observer: RunObserver = {}) {
		this.#outlets = outlets;
		this.#observer = observer;
		this.#log = new MutedLog((line) => observer.warned?.(line));
	}

	/** What ended the run, if an output did. */
	get failure(): SinkFailure | undefined {
		return this.#failure;
	}

	get tellTotals(): boolean {
		return this.#outlets.some(({ sink }) => sink.tellsTotals === true);
	}

	get wantDissents(): boolean {
		return this.#outlets.some(({ sink }) => sink.wantsDissents === true);
	}

	get wantPushes(): boolean {
		return this.#outlets.some(({ sink }) => sink.wantsPushes === true);
	}

	/** Throws the `SinkFailure` that ended the run, the same for every pipeline. */
	write(batch: DecidedBatch): Promise<void> {
		const written = this.#last.then(() => this.#writeAll(batch));
		this.#last = written.catch(() => {});
		return written;
	}

	/** Ends all outputs, each whatever became of the others. Throws the first failure of an output that must not fail. */
	async close(totals: Totals): Promise<void> {
		await this.#last;
		this.#log.flush();
		for (const outlet of this.#outlets) {
			const { sink } = outlet;
			try {
				if (this.#failure === undefined || this.#failure.component !== sink.name) await sink.close(totals);
			} catch (error) {
				this.#failed(outlet, error);
			}
			await sink[Symbol.asyncDispose]();
		}
		this.#log.flush();
		if (this.#failure) throw this.#failure;
	}

	stop(): void {
		for (const { sink } of this.#outlets) sink.stop();
	}

	async #writeAll(batch: DecidedBatch): Promise<void> {
		if (this.#failure) throw this.#failure;
		this.#observer.beforeWrite?.();
		for (const outlet of this.#outlets) {
			try {
				await outlet.sink.write(batch);
			} catch (error) {
				this.#failed(outlet, error);
			}
		}
		if (this.#failure) throw this.#failure;
	}

	#failed({ sink, onFailure }: Outlet, error: unknown): void {
		const failure = new SinkFailure(sink.name, error);
		if (onFailure === "stop") this.#failure ??= failure;
		else this.#log.warn(`output ${sink.name}`, `${sink.name}: ${failure.message}`);
	}
}
