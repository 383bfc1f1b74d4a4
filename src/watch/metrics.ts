import { Counter, Gauge, Registry } from "prom-client";
import { REASON_NAMES } from "../detect/verdicts.ts";
import { CONFIDENCES, EVENT_KINDS } from "../incident/incident.ts";
import type { DaemonParts } from "./daemon-parts.ts";
import type { ProcessFigures } from "./process-figures.ts";

type Labels = Readonly<Record<string, string>>;
type Sample = readonly [labels: Labels, value: number];

/** Reasons of records that were lost for lack of room, by the place where they were lost; the rest is malformed. */
const DROPS: Readonly<Record<string, string>> = { "datagram dropped, too many waited": "queue" };

/** All metrics of a daemon. Each is read when it is asked for; docs/metrics.md lists them. */
export function daemonMetrics(daemon: DaemonParts, figures: ProcessFigures, version: string): Registry {
	const registry = new Registry();
	const gauge = (name: string, help: string, labelNames: string[], read: () => Samples): void => {
		new Gauge({ name, help, labelNames, registers: [registry], collect: collector(read) });
	};
	const counter = (name: string, help: string, labelNames: string[], read: () => Samples): void => {
		new Counter({ name, help, labelNames, registers: [registry], collect: collector(read) });
	};
	const one = (value: number): Sample[] => [[{}, value]];
	addProcessMetrics({ gauge, counter }, figures, one);
	gauge("decrypto_build_info", "Always 1; the labels tell the versions", ["version", "node"], () => [
		[{ version, node: process.versions.node }, 1],
	]);
	gauge("decrypto_start_time_seconds", "When the daemon started, as Unix time", [], () => one(daemon.started / 1000));
	addInputMetrics({ gauge, counter }, daemon);
	addIncidentMetrics({ gauge, counter }, daemon, one);
	addReceiverMetrics({ gauge, counter }, daemon);
	addStoreMetrics({ gauge, counter }, daemon, one);
	addConfigurationMetrics({ gauge, counter }, daemon, one);
	return registry;
}

type Samples = readonly Sample[] | Promise<readonly Sample[]>;
type Add = (name: string, help: string, labelNames: string[], read: () => Samples) => void;
interface Adders {
	readonly gauge: Add;
	readonly counter: Add;
}

function collector(read: () => Samples) {
	return async function (this: Gauge | Counter): Promise<void> {
		const samples = await read();
		this.reset();
		for (const [labels, value] of samples) this.inc(labels, value);
	};
}

function addProcessMetrics(
	{ gauge, counter }: Adders,
	figures: ProcessFigures,
	one: (value: number) => Sample[],
): void {
	gauge("process_resident_memory_bytes", "Resident memory", [], () => one(process.memoryUsage.rss()));
	gauge("process_heap_bytes", "Heap of the main thread in use", [], () => one(process.memoryUsage().heapUsed));
	gauge("process_open_fds", "Open file descriptors", [], () => {
		const files = figures.openFiles();
		return files === undefined ? [] : one(files);
	});
	counter("process_cpu_seconds_total", "Processor time of all threads", [], () => {
		const { user, system } = process.cpuUsage();
		return one((user + system) / 1e6);
	});
	gauge(
		"decrypto_event_loop_delay_seconds",
		"Delay of the main thread's timers since the last scrape",
		["quantile"],
		() => {
			const { p50, p99, max } = figures.delay();
			figures.reset();
			return Object.entries({ p50, p99, max }).map(([statistic, value]) => [{ statistic }, value]);
		},
	);
	gauge("decrypto_main_thread_utilisation_ratio", "Part of the time since the last scrape in which it worked", [], () =>
		one(figures.utilisation()),
	);
}

function addInputMetrics({ gauge, counter }: Adders, daemon: DaemonParts): void {
	const statuses = () => daemon.pipelines.statuses();
	const each = (read: (counters: Counters) => number) => (): Sample[] =>
		statuses().flatMap(({ input, counters }) => (counters ? [[{ input }, read(counters)] as const] : []));
	const byReason = (isDrop: boolean, label: string) => (): Sample[] =>
		statuses().flatMap(({ input, counters }) =>
			[...(counters?.source.malformed ?? [])]
				.filter(([reason]) => Object.hasOwn(DROPS, reason) === isDrop)
				.map(([reason, times]): Sample => [{ input, [label]: isDrop ? DROPS[reason]! : reason }, times]),
		);
	gauge("decrypto_input_up", "1 while the input is open and works", ["input"], () =>
		statuses().map(({ input, state, health }) => [{ input }, state === "running" && health.state !== "failed" ? 1 : 0]),
	);
	counter("decrypto_input_restarts_total", "Starts after a failure", ["input"], () =>
		statuses().map(({ input, restarts }) => [{ input }, restarts]),
	);
	counter(
		"decrypto_input_packets_total",
		"Packets read",
		["input"],
		each(({ source }) => source.packets),
	);
	counter(
		"decrypto_input_flows_total",
		"Flows read or metered",
		["input"],
		each(({ source }) => source.flows),
	);
	counter(
		"decrypto_input_bytes_total",
		"Bytes read",
		["input"],
		each(({ source }) => source.bytesRead),
	);
	counter("decrypto_input_drops_total", "Records lost for lack of room", ["input", "place"], byReason(true, "place"));
	const malformed = "Packets, records or messages that could not be used";
	counter("decrypto_input_malformed_total", malformed, ["input", "reason"], byReason(false, "reason"));
	counter(
		"decrypto_decided_flows_total",
		"Flows that were judged",
		["input"],
		each(({ decided }) => decided.flows),
	);
	const unjudged = "Flows judged by payload and name only";
	counter(
		"decrypto_not_judged_by_shape_total",
		unjudged,
		["input"],
		each(({ decided }) => decided.notJudgedByShape),
	);
	counter("decrypto_miner_flows_total", "Flows found to be mining, by deciding signal", ["input", "signal"], () =>
		statuses().flatMap(({ input, counters }) =>
			(counters?.decided.byReason ?? []).flatMap((flows, reason): Sample[] =>
				reason === 0 ? [] : [[{ input, signal: REASON_NAMES[reason]! }, flows]],
			),
		),
	);
}

type Counters = NonNullable<ReturnType<DaemonParts["pipelines"]["statuses"]>[number]["counters"]>;

function addIncidentMetrics({ gauge, counter }: Adders, daemon: DaemonParts, one: (value: number) => Sample[]): void {
	const { keeper, store, allowlist } = daemon;
	gauge("decrypto_open_incidents", "Open incidents in the store", ["confidence"], () =>
		Promise.all(
			CONFIDENCES.map(async (confidence): Promise<Sample> => {
				return [{ confidence }, await store.count({ state: "open", confidence: [confidence] })];
			}),
		),
	);
	gauge("decrypto_open_incidents_allowlisted", "Open incidents that the allowlist covers", [], async () =>
		one(await store.count({ state: "open", allowlisted: true })),
	);
	const events = new Map<string, number>(EVENT_KINDS.map((kind) => [kind, 0]));
	keeper.subscribe(({ kind }) => events.set(kind, events.get(kind)! + 1));
	counter("decrypto_incident_events_total", "Events of incidents", ["kind"], () =>
		[...events].map(([kind, times]) => [{ kind }, times]),
	);
	counter(
		"decrypto_sightings_total",
		"Reported flows that incidents are made of, by what became of them",
		["outcome"],
		() => Object.entries(keeper.counters).map(([outcome, times]) => [{ outcome }, times]),
	);
	gauge("decrypto_sightings_pending", "Reported flows that wait for older ones", [], () => one(keeper.pending));
	gauge("decrypto_allowlist_entries", "Entries in force", [], () => one(allowlist.current.entries.length));
}

function addReceiverMetrics({ gauge, counter }: Adders, { delivery, surroundings }: DaemonParts): void {
	gauge("decrypto_receiver_up", "1 unless the receiver's last attempts failed", ["receiver"], () =>
		delivery.receivers.map((receiver) => [{ receiver: receiver.name }, receiver.health().state === "failed" ? 0 : 1]),
	);
	counter("decrypto_notifications_total", "Notifications by receiver and outcome", ["receiver", "outcome"], () =>
		delivery.receivers.flatMap(({ name: receiver, counters }) => {
			const { unselected, delivered, failures, dropped, expired } = counters;
			const outcomes = { unselected, delivered, failed_attempt: failures, dropped, expired };
			return Object.entries(outcomes).map(([outcome, times]): Sample => [{ receiver, outcome }, times]);
		}),
	);
	gauge("decrypto_outbox_length", "Notifications that wait", ["receiver"], () =>
		delivery.receivers.map(({ name: receiver, counters }) => [{ receiver }, counters.waiting]),
	);
	gauge("decrypto_outbox_age_seconds", "Age of the oldest notification that waits", ["receiver"], () =>
		delivery.receivers.map(({ name: receiver, counters: { oldest } }) => {
			return [{ receiver }, oldest === 0 ? 0 : Math.max(0, (surroundings.now() - oldest) / 1000)];
		}),
	);
}

function addStoreMetrics({ gauge, counter }: Adders, { store }: DaemonParts, one: (value: number) => Sample[]): void {
	gauge("decrypto_store_up", "1 while the store can be written", [], () => one(store.health().state === "ok" ? 1 : 0));
	gauge("decrypto_store_bytes", "Size of the file in use", [], async () =>
		one((await store.refreshStatus()).counters.bytes),
	);
	gauge("decrypto_store_waiting_rows", "Rows that wait in memory for room on the disk", [], () =>
		one(store.counters.waiting),
	);
	counter("decrypto_store_batches_total", "Batches by what became of them", ["outcome"], () => {
		const { written, queued } = store.counters;
		return Object.entries({ written, queued }).map(([outcome, times]) => [{ outcome }, times]);
	});
	counter("decrypto_store_dropped_rows_total", "Rows lost because too many waited", [], () =>
		one(store.counters.dropped),
	);
	counter("decrypto_store_deleted_incidents_total", "Incidents deleted by retention", [], () =>
		one(store.counters.deleted),
	);
}

function addConfigurationMetrics(
	{ gauge, counter }: Adders,
	daemon: DaemonParts,
	one: (value: number) => Sample[],
): void {
	gauge("decrypto_config_last_reload_successful", "0 while the file on disk was refused", [], () =>
		one(daemon.lastReload?.ok === false ? 0 : 1),
	);
	gauge("decrypto_config_last_reload_timestamp_seconds", "When the configuration was last read, as Unix time", [], () =>
		one((daemon.lastReload?.at ?? daemon.started) / 1000),
	);
	counter("decrypto_config_reloads_total", "Times that the configuration was read again", ["outcome"], () =>
		Object.entries(daemon.reloads).map(([outcome, times]) => [{ outcome }, times]),
	);
	gauge("decrypto_detector_loaded_timestamp_seconds", "When model and lists were last loaded, as Unix time", [], () =>
		one(daemon.detectorLoaded / 1000),
	);
}
