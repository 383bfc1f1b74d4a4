import { statSync } from "node:fs";
import { Worker } from "node:worker_threads";
import { createCounters, type SourceCounters } from "../bytes/counters.ts";
import { DeCryptoError, inContext } from "../bytes/error.ts";
import type { ErrorCode } from "../bytes/error-codes.ts";
import { mirrorCounters } from "../bytes/mirror-counters.ts";
import { siblingModule } from "../bytes/sibling-module.ts";
import type { FlowColumns } from "../flow/flow-columns.ts";
import type { FlowSource } from "../flow/flow-source.ts";
import type { CsvOptions } from "./csv-source.ts";

/** The answers of the decoding thread to a request for the next batch. */
export type ParquetAnswer =
	| { readonly kind: "flows"; readonly flows: FlowColumns; readonly counters: SourceCounters }
	| { readonly kind: "ended"; readonly counters: SourceCounters }
	| { readonly kind: "failed"; readonly code: ErrorCode; readonly message: string; readonly counters: SourceCounters };

export interface ParquetLimits {
	/** Most milliseconds per row group, in addition to those for each MiB of the file. */
	readonly milliseconds: number;
	readonly millisecondsPerMebibyte: number;
	/** Most bytes by which the process may grow while a row group is decoded. */
	readonly growth: number;
}

/** Ordinary files decode at some 10 MiB/s and more, and need some 20 times their size. */
const DEFAULT_LIMITS: ParquetLimits = { milliseconds: 5000, millisecondsPerMebibyte: 1000, growth: 3 * 2 ** 30 };

/** Milliseconds between checks of time and memory. */
const LOOK_EVERY = 50;
/** Limit of JavaScript objects in MiB. */
const HEAP_MEBIBYTES = 3072;

/**
 * Flows of a Parquet file with the column names of CSV, one row group in memory at a time. Lists are lists, times are
 * timestamps or, as in CSV, text or seconds since the epoch; payload is bytes, or hexadecimal text.
 * Throws (code `parquet`, `csv-header`) from the first pull if the file cannot be read or has no flows, and at a row
 * group that takes more time or memory than its size explains.
 */
export function openParquetSource(path: string, options: CsvOptions = {}, limits = DEFAULT_LIMITS): FlowSource {
	return new ParquetSource(path, options, limits);
}

class ParquetSource implements FlowSource {
	readonly name: string;
	readonly counters: SourceCounters = createCounters();
	readonly #options: CsvOptions;
	readonly #limits: ParquetLimits;
	#worker: Worker | undefined;
	#stopped = false;

	constructor(path: string, options: CsvOptions, limits: ParquetLimits) {
		this.name = path;
		this.#options = options;
		this.#limits = limits;
	}

	async *[Symbol.asyncIterator](): AsyncGenerator<FlowColumns> {
		const deadline = this.#limits.milliseconds + this.#limits.millisecondsPerMebibyte * (this.#size() / 2 ** 20);
		this.#worker = new Worker(siblingModule(import.meta.url, "parquet-worker"), {
			workerData: { path: this.name, options: this.#options },
			resourceLimits: { maxOldGenerationSizeMb: HEAP_MEBIBYTES },
		});
		try {
			while (!this.#stopped) {
				const answer = await this.#ask(this.#worker, deadline);
				mirrorCounters(answer.counters, this.counters);
				if (answer.kind === "failed") throw new DeCryptoError(answer.code, answer.message);
				if (answer.kind === "ended") return;
				yield answer.flows;
			}
		} finally {
			await this.#worker.terminate();
		}
	}

	stop(): void {
		this.#stopped = true;
	}

	async [Symbol.asyncDispose](): Promise<void> {
		this.#stopped = true;
		await this.#worker?.terminate();
	}

	#size(): number {
		try {
			return statSync(this.name).size;
		} catch (error) {
			throw inContext(this.name, error);
		}
	}

	/** The next answer; throws if the thread fails or exceeds a limit. */
	#ask(worker: Worker, deadline: number): Promise<ParquetAnswer> {
		const { promise, resolve, reject } = Promise.withResolvers<ParquetAnswer>();
		const refuse = (reason: string) =>
			reject(new DeCryptoError("parquet", `${this.name}: ${reason}; the file is damaged`));
		const begun = performance.now();
		const before = process.memoryUsage.rss();
		const timer = setInterval(() => {
			if (performance.now() - begun > deadline)
				refuse(`a row group takes more than ${Math.round(deadline / 1000)} s to decode`);
			else if (process.memoryUsage.rss() - before > this.#limits.growth) {
				refuse(`a row group needs more than ${Math.round(this.#limits.growth / 2 ** 20)} MiB of memory`);
			}
		}, LOOK_EVERY);
		const failed = (error: Error) => refuse(error.message);
		const ended = () => refuse("the thread that decoded it has ended");
		worker.once("message", resolve).once("error", failed).once("exit", ended);
		worker.postMessage("next");
		return promise.finally(() => {
			clearInterval(timer);
			worker.off("message", resolve).off("error", failed).off("exit", ended);
		});
	}
}
