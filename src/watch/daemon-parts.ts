import type { Log } from "../bytes/log.ts";
import type { Delivery } from "../notify/delivery.ts";
import type { PipelineThreads } from "../run/pipeline-threads.ts";
import type { Pipelines } from "../run/pipelines.ts";
import type { DaemonChange } from "../server/daemon-view.ts";
import type { IncidentStore } from "../store/incident-store.ts";
import type { AllowlistBook } from "./allowlist-book.ts";
import type { BlockTimeClocks } from "./block-time-clocks.ts";
import type { IncidentKeeper } from "./incident-keeper.ts";
import type { InputRates } from "./input-rates.ts";
import type { DaemonPlan } from "./plan.ts";
import type { Probes } from "./probes.ts";
import type { ProcessFigures } from "./process-figures.ts";
import type { Surroundings } from "./surroundings.ts";

/** The last attempt to read the configuration again. */
export interface ReloadReport {
	/** Milliseconds since the epoch. */
	readonly at: number;
	readonly ok: boolean;
	/** What changed, or why the file was refused. */
	readonly words: string;
}

/** A running daemon as its metrics, health, status and server see it. */
export interface DaemonParts {
	readonly plan: DaemonPlan;
	readonly store: IncidentStore;
	readonly delivery: Delivery;
	readonly keeper: IncidentKeeper;
	readonly threads: PipelineThreads;
	readonly pipelines: Pipelines;
	readonly allowlist: AllowlistBook;
	readonly probes: Probes;
	readonly blockTimes: BlockTimeClocks;
	readonly log: Log;
	readonly surroundings: Surroundings;
	/** Milliseconds since the epoch. */
	readonly started: number;
	/** When the detector in use was loaded. */
	readonly detectorLoaded: number;
	readonly reloads: { readonly applied: number; readonly refused: number };
	readonly lastReload: ReloadReport | undefined;
	/** Inputs and receivers were started. */
	readonly isStarted: boolean;
	readonly isStopping: boolean;
	readonly figures: ProcessFigures;
	readonly rates: InputRates;
	/** Prometheus text. */
	metrics(): Promise<{ readonly contentType: string; readonly body: string }>;
	/** The store's books have changed: incidents go by them when this resolves. */
	allowlistChanged(): Promise<void>;
	/** Calls the listener for every change until the returned function is called. */
	subscribe(listener: (change: DaemonChange) => void): () => void;
}
