import type { PipelineStatus } from "../run/pipeline-status.ts";

/** Rates of an input over the last minute. */
export interface InputRate {
	readonly flowsPerSecond: number;
	readonly bitsPerSecond: number;
	/** Seconds since the input last brought anything. */
	readonly idle: number;
}

interface Sample {
	readonly at: number;
	readonly flows: number;
	readonly bytes: number;
}

const WINDOW_MS = 60_000;
export const SAMPLE_EVERY_MS = 5000;

/** Remembers a minute of counters of each input. Times are milliseconds of a monotonic clock. */
export class InputRates {
	readonly #samples = new Map<string, Sample[]>();
	readonly #activeAt = new Map<string, number>();

	/** Call it every {@link SAMPLE_EVERY_MS}. */
	sample(statuses: readonly PipelineStatus[], at: number): void {
		const names = new Set(statuses.map(({ input }) => input));
		for (const name of this.#samples.keys()) {
			if (names.has(name)) continue;
			this.#samples.delete(name);
			this.#activeAt.delete(name);
		}
		for (const status of statuses) this.#add(status, at);
	}

	of(input: string, at: number): InputRate {
		const samples = this.#samples.get(input) ?? [];
		const [first, last] = [samples[0], samples.at(-1)];
		const idle = (at - (this.#activeAt.get(input) ?? at)) / 1000;
		if (first === undefined || last === undefined || last.at <= first.at)
			return { flowsPerSecond: 0, bitsPerSecond: 0, idle };
		const seconds = (last.at - first.at) / 1000;
		return {
			flowsPerSecond: (last.flows - first.flows) / seconds,
			bitsPerSecond: (8 * (last.bytes - first.bytes)) / seconds,
			idle,
		};
	}

	#add({ input, counters }: PipelineStatus, at: number): void {
		const { flows = 0, bytesRead: bytes = 0 } = counters?.source ?? {};
		const samples = this.#samples.get(input) ?? [];
		const last = samples.at(-1);
		if (last === undefined || last.flows !== flows || last.bytes !== bytes) this.#activeAt.set(input, at);
		// Counters begin anew when an input is started again.
		const isRestarted = last !== undefined && (flows < last.flows || bytes < last.bytes);
		const kept = isRestarted ? [] : samples.filter((sample) => at - sample.at <= WINDOW_MS);
		this.#samples.set(input, [...kept, { at, flows, bytes }]);
	}
}
