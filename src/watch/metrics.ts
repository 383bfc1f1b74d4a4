import { CONFIDENCES, EVENT_KINDS } from "../incident/incident.ts";
import type { DaemonParts } from "./daemon-parts.ts";
import { addInputMetrics } from "./input-metrics.ts";
import { MetricRegistry, one, type Sample } from "./metric-registry.ts";

/** All metrics of a daemon; docs/metrics.md lists them. */
export function daemonMetrics(daemon: DaemonParts): MetricRegistry {
	const registry = new MetricRegistry();
	addProcessMetrics(registry, daemon);
	addInputMetrics(registry, daemon);
	addIncidentMetrics(registry, daemon);
	addReceiverMetrics(registry, daemon);
	addStoreMetrics(registry, daemon);
	addConfigurationMetrics(registry, daemon);
	return registry;
}

function addProcessMetrics(
	registry: MetricRegistry,
	{ figures, surroundings: { version }, started }: DaemonParts,
): void {
	registry.gauge("decrypto_build_info", "Always 1; the labels tell the versions", ["version", "node"], () => [
		[{ version, node: process.versions.node }, 1],
	]);
	registry.gauge("process_start_time_seconds", "When the daemon started, as Unix time", [], () => one(started / 1000));
	registry.gauge("process_resident_memory_bytes", "Resident memory", [], () => one(process.memoryUsage.rss()));
	registry.gauge("decrypto_heap_bytes", "Heap of the main thread in use", [], () =>
		one(process.memoryUsage().heapUsed),
	);
	registry.gauge("process_open_fds", "Open file descriptors", [], () => {
		const files = figures.openFiles();
		return files === undefined ? [] : one(files);
	});
	registry.counter("process_cpu_seconds_total", "Processor time of all threads", [], () => {
		const { user, system } = process.cpuUsage();
		return one((user + system) / 1e6);
	});
	const delay = "Delay of the main thread's timers over the last 15 s";
	registry.gauge("decrypto_event_loop_delay_seconds", delay, ["statistic"], () => {
		const { p50, p99, max } = figures.delay;
		return Object.entries({ p50, p99, max }).map(([statistic, value]) => [{ statistic }, value]);
	});
	const worked = "Part of the last 15 s in which the thread worked";
	registry.gauge("decrypto_thread_utilisation_ratio", worked, ["thread"], () =>
		figures.utilisations.map((value, i) => [{ thread: i === 0 ? "main" : String(i - 1) }, value]),
	);
}

function addIncidentMetrics(registry: MetricRegistry, { keeper, store, allowlist }: DaemonParts): void {
	registry.gauge("decrypto_open_incidents", "Open incidents in the store", ["confidence"], () =>
		Promise.all(
			CONFIDENCES.map(async (confidence): Promise<Sample> => {
				return [{ confidence }, await store.count({ state: "open", confidence: [confidence] })];
			}),
		),
	);
	registry.gauge("decrypto_open_incidents_allowlisted", "Open incidents that the allowlist covers", [], async () =>
		one(await store.count({ state: "open", allowlisted: true })),
	);
	const events = new Map<string, number>(EVENT_KINDS.map((kind) => [kind, 0]));
	keeper.subscribe(({ kind }) => events.set(kind, events.get(kind)! + 1));
	registry.counter("decrypto_incident_events_total", "Events of incidents", ["kind"], () =>
		[...events].map(([kind, times]) => [{ kind }, times]),
	);
	const sightings = "Reported flows and dissents that incidents are made of, by what became of them";
	registry.counter("decrypto_sightings_total", sightings, ["outcome"], () =>
		Object.entries(keeper.counters).map(([outcome, times]) => [{ outcome }, times]),
	);
	registry.gauge("decrypto_sightings_pending", "Reported flows that wait for older ones", [], () =>
		one(keeper.pending),
	);
	registry.gauge("decrypto_allowlist_entries", "Entries of the allowlist", [], () =>
		one(allowlist.current.entries.length),
	);
}

function addReceiverMetrics(registry: MetricRegistry, { delivery, surroundings }: DaemonParts): void {
	registry.gauge("decrypto_receiver_up", "1 unless the receiver's last attempts failed", ["receiver"], () =>
		delivery.receivers.map((receiver) => [{ receiver: receiver.name }, receiver.health().state === "failed" ? 0 : 1]),
	);
	const outcomes = "Notifications by receiver and outcome";
	registry.counter("decrypto_notifications_total", outcomes, ["receiver", "outcome"], () =>
		delivery.receivers.flatMap(({ name: receiver, counters }) => {
			const { unselected, delivered, failures, dropped, expired } = counters;
			const byOutcome = { unselected, delivered, failed_attempt: failures, dropped, expired };
			return Object.entries(byOutcome).map(([outcome, times]): Sample => [{ receiver, outcome }, times]);
		}),
	);
	const abandoned = "Notifications dropped because their receiver is not configured any more";
	registry.counter("decrypto_notifications_abandoned_total", abandoned, [], () => one(delivery.abandoned));
	registry.gauge("decrypto_outbox_length", "Notifications that wait", ["receiver"], () =>
		delivery.receivers.map(({ name: receiver, counters }) => [{ receiver }, counters.waiting]),
	);
	registry.gauge("decrypto_outbox_age_seconds", "Age of the oldest notification that waits", ["receiver"], () =>
		delivery.receivers.map(({ name: receiver, counters: { oldest } }) => {
			return [{ receiver }, oldest === 0 ? 0 : Math.max(0, (surroundings.now() - oldest) / 1000)];
		}),
	);
}

function addStoreMetrics(registry: MetricRegistry, { store }: DaemonParts): void {
	registry.gauge("decrypto_store_up", "1 while the store can be written", [], () =>
		one(store.health().state === "ok" ? 1 : 0),
	);
	registry.gauge("decrypto_store_bytes", "Size of the file in use", [], async () =>
		one((await store.refreshStatus()).counters.bytes),
	);
	registry.gauge("decrypto_store_waiting_rows", "Rows that wait in memory for room on the disk", [], () =>
		one(store.counters.waiting),
	);
	registry.counter("decrypto_store_batches_total", "Batches by what became of them", ["outcome"], () => {
		const { written, queued } = store.counters;
		return Object.entries({ written, queued }).map(([outcome, times]) => [{ outcome }, times]);
	});
	registry.counter("decrypto_store_dropped_rows_total", "Rows lost because too many waited", [], () =>
		one(store.counters.dropped),
	);
	registry.counter("decrypto_store_deleted_incidents_total", "Incidents deleted by retention", [], () =>
		one(store.counters.deleted),
	);
}

function addConfigurationMetrics(registry: MetricRegistry, daemon: DaemonParts): void {
	registry.gauge("decrypto_config_last_reload_successful", "0 while the file on disk is refused", [], () =>
		one(daemon.lastReload?.ok === false ? 0 : 1),
	);
	const read = "When the configuration was last read, as Unix time";
	registry.gauge("decrypto_config_last_reload_timestamp_seconds", read, [], () =>
		one((daemon.lastReload?.at ?? daemon.started) / 1000),
	);
	registry.counter("decrypto_config_reloads_total", "Times that the configuration was read again", ["outcome"], () =>
		Object.entries(daemon.reloads).map(([outcome, times]) => [{ outcome }, times]),
	);
	const loaded = "When model and lists were last loaded, as Unix time";
	registry.gauge("decrypto_detector_loaded_timestamp_seconds", loaded, [], () => one(daemon.detectorLoaded / 1000));
}
