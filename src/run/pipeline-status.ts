import type { Health } from "../bytes/component.ts";
import type { ReadOptions } from "./metering-purpose.ts";
import type { PipelineCounters } from "./pipeline.ts";

/** An input that runs until it is removed. */
export interface PipelineSpec {
	/** As the user named it; every pipeline has its own. */
	readonly input: string;
	readonly options: ReadOptions;
}

export interface PipelineStatus {
	readonly input: string;
	/** `waiting`: it failed, and is started again when its time has come; `ended`: it has no more flows. */
	readonly state: "starting" | "running" | "waiting" | "ended";
	readonly health: Health;
	/** Since the pipeline was last started. */
	readonly counters: PipelineCounters | undefined;
	/** The place of its thread, from 0; absent while it does not run, or where several run it. */
	readonly thread?: number;
	/** How often it was started again after a failure. */
	readonly restarts: number;
}
