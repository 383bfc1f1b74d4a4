import { mkdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { inContext, reasonOf } from "../bytes/error.ts";
import type { Log } from "../bytes/log.ts";
import { Delivery } from "../notify/delivery.ts";
import type { Notification } from "../notify/notification.ts";
import { Outlets } from "../run/outlets.ts";
import { PipelineThreads } from "../run/pipeline-threads.ts";
import { Pipelines } from "../run/pipelines.ts";
import type { Backoff } from "../run/supervised-pipeline.ts";
import type { DaemonChange } from "../server/daemon-view.ts";
import type { ListenAddress } from "../server/listen-address.ts";
import type { WebConfig } from "../server/web-schema.ts";
import { WebServer } from "../server/web-server.ts";
import { IncidentStore } from "../store/incident-store.ts";
import { AllowlistBook } from "./allowlist-book.ts";
import { applyDifference, applyFirstPlan, type ConfiguredParts } from "./apply-plan.ts";
import { BlockTimeClocks } from "./block-time-clocks.ts";
import { readConfiguration } from "./configuration.ts";
import type { DaemonParts, ReloadReport } from "./daemon-parts.ts";
import { daemonView } from "./daemon-view.ts";
import { IncidentKeeper } from "./incident-keeper.ts";
import { InputRates, SAMPLE_EVERY_MS } from "./input-rates.ts";
import { Listening } from "./listening.ts";
import type { MetricRegistry } from "./metric-registry.ts";
import { daemonMetrics } from "./metrics.ts";
import { MetricsEndpoint } from "./metrics-endpoint.ts";
import { type DaemonPlan, planDaemon, receiverSurroundings } from "./plan.ts";
import { differenceOf, differenceWords } from "./plan-difference.ts";
import { Probes } from "./probes.ts";
import { ProcessFigures } from "./process-figures.ts";
import { runLog } from "./run-log.ts";
import type { Surroundings } from "./surroundings.ts";
import { trackerOptions } from "./tracker-options.ts";

export interface DaemonOptions {
	readonly surroundings: Surroundings;
	readonly log: Log;
	/** How failed inputs wait; for tests. */
	readonly backoff?: Backoff;
}

/** Everything that runs between a configuration and a signal. The parts are public for status, metrics and the server. */
export class Daemon implements DaemonParts {
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
	readonly started: number;
	detectorLoaded: number;
	reloads = { applied: 0, refused: 0 };
	lastReload: ReloadReport | undefined;
	#plan: DaemonPlan;
	readonly figures: ProcessFigures;
	readonly rates = new InputRates();
	readonly #registry: MetricRegistry;
	readonly #metrics: Listening<ListenAddress, MetricsEndpoint>;
	readonly #web: Listening<WebConfig, WebServer>;
	readonly #sampler: NodeJS.Timeout;
	readonly #listeners = new Set<(change: DaemonChange) => void>();
	#last: Promise<unknown> = Promise.resolve();
	#isStarted = false;
	#isStopping = false;
	readonly #failed = Promise.withResolvers<string>();

	/** Opens the store, loads the detector and starts inputs and receivers. Throws what cannot be used; nothing runs then. */
	static async start(plan: DaemonPlan, options: DaemonOptions): Promise<Daemon> {
		const { storePath, configuration } = plan;
		try {
			mkdirSync(dirname(storePath), { recursive: true, mode: 0o750 });
		} catch (error) {
			throw inContext(dirname(storePath), error);
		}
		const { keep, size } = configuration.store;
		const store = await IncidentStore.open(storePath, { retention: { keep, size } });
		const daemon = await Daemon.#withStore(plan, options, store).catch(async (error) => {
			await store[Symbol.asyncDispose]();
			throw error;
		});
		try {
			await daemon.#begin();
		} catch (error) {
			await daemon.stop();
			throw error;
		}
		return daemon;
	}

	static async #withStore(plan: DaemonPlan, options: DaemonOptions, store: IncidentStore): Promise<Daemon> {
		const allowlist = new AllowlistBook(store, options.surroundings.now);
		await allowlist.configure(plan.allowlist.value);
		return new Daemon(plan, options, store, allowlist, await store.recall());
	}

	private constructor(
		plan: DaemonPlan,
		{ surroundings, log, backoff }: DaemonOptions,
		store: IncidentStore,
		allowlist: AllowlistBook,
		snapshot: Awaited<ReturnType<IncidentStore["recall"]>>,
	) {
		const { configuration } = plan;
		const { sender } = receiverSurroundings(surroundings);
		this.#plan = plan;
		this.log = log;
		this.surroundings = surroundings;
		this.started = surroundings.now();
		this.detectorLoaded = this.started;
		this.store = store;
		this.allowlist = allowlist;
		this.delivery = new Delivery(store.outbox<Notification>(), sender);
		this.blockTimes = new BlockTimeClocks({
			warn: (line) => log.warn("block times", line),
			isLive: true,
		});
		this.keeper = new IncidentKeeper({
			store,
			delivery: this.delivery,
			tracker: trackerOptions(configuration),
			coverage: allowlist.current,
			blockTimes: this.blockTimes.watch,
			snapshot,
			now: surroundings.now,
			onFailure: (reason) => this.#fail(reason),
		});
		this.threads = new PipelineThreads(configuration.threads ?? availableParallelism());
		const observer = runLog(log);
		const outlets = new Outlets([{ sink: this.keeper.sink, onFailure: "drop" }], observer);
		this.pipelines = new Pipelines({ threads: this.threads, outlets, observer, ...(backoff && { backoff }) });
		this.figures = new ProcessFigures(() => this.threads.utilisations());
		this.#registry = daemonMetrics(this);
		this.#metrics = new Listening((address) => MetricsEndpoint.open(this, this.#registry, address));
		this.#web = new Listening((config) => this.#openWeb(config));
		this.#sampler = setInterval(() => this.#sample(), SAMPLE_EVERY_MS);
		this.probes = new Probes({
			store,
			log,
			now: surroundings.now,
			witness: (sightings) => this.keeper.witness(sightings),
		});
		this.keeper.subscribe((event) => this.#tell({ type: "incident", event }));
		this.keeper.subscribe((event) => this.probes.onEvent(event));
	}

	get #configured(): ConfiguredParts {
		const { log, surroundings, delivery, keeper, pipelines, allowlist, blockTimes, probes } = this;
		return {
			...{ log, surroundings, delivery, keeper, pipelines, allowlist, blockTimes, probes },
			metrics: this.#metrics,
			web: this.#web,
			decideBy: (decision) => this.#decideBy(decision),
		};
	}

	get plan(): DaemonPlan {
		return this.#plan;
	}

	/** Where metrics and health are served; undefined if nowhere. */
	get metricsPort(): number | undefined {
		return this.#metrics.listener?.port;
	}

	/** The address of the web UI; undefined if there is none. */
	get webAddress(): string | undefined {
		return this.#web.listener?.url;
	}

	get isStarted(): boolean {
		return this.#isStarted;
	}

	get isStopping(): boolean {
		return this.#isStopping;
	}

	/** Resolves with the reason when the daemon cannot go on. */
	get failed(): Promise<string> {
		return this.#failed.promise;
	}

	/** Prometheus text. */
	async metrics(): Promise<{ readonly contentType: string; readonly body: string }> {
		return { contentType: this.#registry.contentType, body: await this.#registry.text() };
	}

	/** Calls the listener for every change until the returned function is called. */
	subscribe(listener: (change: DaemonChange) => void): () => void {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}

	/** Reads the configuration again and applies what differs. Never rejects: an invalid file changes nothing, and is told. */
	reload(): Promise<ReloadReport> {
		return this.#exclusively(() => this.#reload());
	}

	/** Log files were moved away. */
	reopen(): Promise<void> {
		return this.delivery.reopen();
	}

	/** The store's books have changed: incidents go by them when this resolves. */
	allowlistChanged(): Promise<void> {
		return this.#exclusively(async () => {
			await this.keeper.setCoverage(await this.allowlist.read());
			this.#tell({ type: "allowlist" });
		});
	}

	/** Stops inputs, judges what was received, gives receivers bounded time, and stores the state. */
	async stop(): Promise<void> {
		if (this.#isStopping) return;
		this.#isStopping = true;
		await this.#last;
		const { drain } = this.#plan.configuration.shutdown;
		const drained = await within(drain, this.pipelines[Symbol.asyncDispose]());
		if (!drained) this.log.warn("shutdown", `inputs did not finish within ${drain / 1000} s; what they held is lost`);
		await this.blockTimes[Symbol.asyncDispose]();
		await this.probes.close();
		await this.keeper.close();
		await this.delivery.drain(drain);
		await this.delivery[Symbol.asyncDispose]();
		await this.threads[Symbol.asyncDispose]();
		clearInterval(this.#sampler);
		this.figures.stop();
		await this.#web.use(undefined);
		await this.#metrics.use(undefined);
		await this.store[Symbol.asyncDispose]();
	}

	async #begin(): Promise<void> {
		await applyFirstPlan(this.#configured, this.#plan);
		this.#isStarted = true;
	}

	async #openWeb(config: WebConfig): Promise<WebServer> {
		const warn = (line: string): void => this.log.warn("web", line);
		const { environment } = this.surroundings;
		const server = new WebServer({ view: daemonView(this), config, warn, environment });
		await server.start();
		return server;
	}

	async #reload(): Promise<ReloadReport> {
		const at = this.surroundings.now();
		try {
			const next = planDaemon(readConfiguration(this.#plan.source.file), this.surroundings, this.#plan);
			const difference = differenceOf(this.#plan, next);
			await applyDifference(this.#configured, difference, [this.#plan, next]);
			this.#plan = next;
			if (difference.allowlist) this.#tell({ type: "allowlist" });
			this.reloads.applied++;
			this.lastReload = { at, ok: true, words: differenceWords(difference) };
			this.log.info("reload", this.lastReload.words);
		} catch (error) {
			this.reloads.refused++;
			this.lastReload = { at, ok: false, words: reasonOf(error) };
			for (const line of this.lastReload.words.split("\n")) this.log.error("reload", `refused: ${line}`);
		}
		this.#tell({ type: "status" });
		return this.lastReload;
	}

	async #decideBy(decision: DaemonPlan["decision"]["value"]): Promise<void> {
		await this.pipelines.decideBy(decision);
		this.detectorLoaded = this.surroundings.now();
	}

	#sample(): void {
		this.rates.sample(this.pipelines.statuses(), performance.now());
		this.#tell({ type: "status" });
	}

	#tell(change: DaemonChange): void {
		for (const listener of this.#listeners) listener(change);
	}

	#fail(reason: string): void {
		this.log.error("store", reason);
		if (!this.#isStopping) this.#failed.resolve(reason);
	}

	/** One change after the other. */
	#exclusively<T>(work: () => Promise<T>): Promise<T> {
		const result = this.#last.then(work);
		this.#last = result.catch(() => undefined);
		return result;
	}
}

/** Whether the work is done within the time, in milliseconds. */
async function within(time: number, work: Promise<unknown>): Promise<boolean> {
	const timer = new AbortController();
	const done = work.then(
		() => true,
		() => true,
	);
	const isDone = await Promise.race([done, sleep(time, false, { signal: timer.signal }).catch(() => false)]);
	timer.abort();
	return isDone;
}
