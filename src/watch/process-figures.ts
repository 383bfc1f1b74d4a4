import { readdirSync } from "node:fs";
import { type EventLoopUtilization, monitorEventLoopDelay, performance } from "node:perf_hooks";

/** Resolution of the delay of the event loop, and the time over which figures are taken, in milliseconds. */
const RESOLUTION_MS = 10;
const WINDOW_MS = 15_000;

export interface Delay {
	readonly mean: number;
	readonly p50: number;
	readonly p99: number;
	readonly max: number;
}

/** What is known of the process itself: handles, how late the main thread's timers are, how busy threads are. */
export class ProcessFigures {
	/** Seconds beyond the time of a timer, over the last window of 15 s. */
	delay: Delay = { mean: 0, p50: 0, p99: 0, max: 0 };
	/** Part of the last window in which each thread worked, 0 … 1: the main thread, then those of pipelines. */
	utilisations: readonly number[] = [];
	readonly #delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
	readonly #ofThreads: () => readonly EventLoopUtilization[];
	readonly #timer: NodeJS.Timeout;
	#before: readonly EventLoopUtilization[] = [];

	constructor(ofThreads: () => readonly EventLoopUtilization[]) {
		this.#ofThreads = ofThreads;
		this.#delays.enable();
		this.#timer = setInterval(() => this.#take(), WINDOW_MS);
		this.#timer.unref();
		this.#before = this.#now();
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
		clearInterval(this.#timer);
		this.#delays.disable();
	}

	#take(): void {
		const { mean, max } = this.#delays;
		const percentile = (share: number) => beyond(this.#delays.percentile(share));
		this.delay = { mean: beyond(mean), p50: percentile(50), p99: percentile(99), max: beyond(max) };
		this.#delays.reset();
		const now = this.#now();
		this.utilisations = now.map((each, i) => {
			const before = this.#before[i];
			// A thread that was replaced begins anew.
			if (before === undefined || before.active > each.active) return each.utilization;
			return performance.eventLoopUtilization(each, before).utilization;
		});
		this.#before = now;
	}

	#now(): readonly EventLoopUtilization[] {
		return [performance.eventLoopUtilization(), ...this.#ofThreads()];
	}
}

function beyond(nanoseconds: number): number {
	return Number.isFinite(nanoseconds) ? Math.max(0, nanoseconds / 1e9 - RESOLUTION_MS / 1000) : 0;
}
