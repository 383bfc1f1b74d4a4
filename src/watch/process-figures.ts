import { readdirSync } from "node:fs";
import { type EventLoopUtilization, monitorEventLoopDelay, performance } from "node:perf_hooks";

/** Resolution of the delay of the event loop, in milliseconds. */
const RESOLUTION = 10;

/** What is known of the process itself: memory, handles, and how late the event loop is. */
export class ProcessFigures {
	readonly #delay = monitorEventLoopDelay({ resolution: RESOLUTION });
	#utilisation: EventLoopUtilization = performance.eventLoopUtilization();

	constructor() {
		this.#delay.enable();
	}

	/** Delay of timers beyond their time since the last call of {@link reset}, in seconds. */
	delay(): { readonly mean: number; readonly p50: number; readonly p99: number; readonly max: number } {
		const beyond = (nanoseconds: number): number => {
			return Number.isFinite(nanoseconds) ? Math.max(0, nanoseconds / 1e9 - RESOLUTION / 1000) : 0;
		};
		const { mean, max } = this.#delay;
		const percentile = (share: number) => beyond(this.#delay.percentile(share));
		return { mean: beyond(mean), p50: percentile(50), p99: percentile(99), max: beyond(max) };
	}

	/** Part of the time in which this thread worked, 0 … 1, since the last call. */
	utilisation(): number {
		const now = performance.eventLoopUtilization();
		const { utilization } = performance.eventLoopUtilization(now, this.#utilisation);
		this.#utilisation = now;
		return utilization;
	}

	reset(): void {
		this.#delay.reset();
	}

	/** Undefined where the system does not tell. */
	openFiles(): number | undefined {
		try {
			return readdirSync("/proc/self/fd").length;
		} catch {
			return undefined;
		}
	}

	stop(): void {
		this.#delay.disable();
	}
}
