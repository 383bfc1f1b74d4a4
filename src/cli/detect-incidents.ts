import { reasonOf } from "../bytes/error.ts";
import { type Network, NetworkList, parseNetwork } from "../flow/networks.ts";
import { IncidentTracker } from "../incident/tracker.ts";
import { TRACKER_DEFAULTS, type TrackerOptions } from "../incident/tracker-options.ts";
import type { IncidentReport } from "../report/incident-report.ts";
import type { DecidedBatch, VerdictSink } from "../report/verdict-sink.ts";
import { IncidentStore } from "../store/incident-store.ts";
import type { BlockTimeClocks, BlockTimeClocksOptions } from "../watch/block-time-clocks.ts";
import { FlowClock } from "../watch/flow-clock.ts";
import { IncidentWriter } from "../watch/incident-writer.ts";
import type { IncidentFlags } from "./incident-flags.ts";
import { KnownHosts } from "./known-hosts.ts";
import { tell } from "./tell.ts";

/** What a run with incidents needs beside its flags. */
export interface IncidentSurroundings {
	/** Absent: nobody reads the incidents here; store and receivers do. */
	readonly report: IncidentReport | undefined;
	/** Flows come as they happen: incidents are told at once, and the clock goes on where no flow comes. */
	readonly isLive: boolean;
	readonly warn: (line: string) => void;
}

/** The sink that turns a run's verdicts into incidents. */
export interface DetectIncidents extends AsyncDisposable {
	readonly sink: VerdictSink;
	/** SIGHUP. */
	reopen(): Promise<void>;
}

const TICK_MS = 1000;

/** Opens store, allowlist and receivers. Throws in the user's words where one of them cannot be used. */
export async function openIncidents(flags: IncidentFlags, around: IncidentSurroundings): Promise<DetectIncidents> {
	const { report, isLive, warn } = around;
	// Schemas and formats are loaded where they are needed: most of a short run is the loading of modules.
	const needsAllowlist = flags.allowlist !== undefined || flags.store !== undefined;
	const files = needsAllowlist
		? (await import("./allowlist-files.ts")).readAllowlists(flags.allowlist ?? [])
		: undefined;
	const notifying = flags.notify === undefined ? undefined : await import("./open-delivery.ts");
	const store = flags.store === undefined ? undefined : await IncidentStore.open(flags.store);
	const health = store?.health();
	if (health?.reason) warn(health.reason);
	const clocks = flags.blockTimes === undefined ? undefined : await openClocks(flags.blockTimes, { isLive, warn });
	const tracker = new IncidentTracker(trackerOptions(flags, isLive), await store?.recall());
	const opened = notifying?.openDelivery(flags.notify!, store);
	const writer = new IncidentWriter({
		tracker,
		...(store && { store }),
		...(opened && { delivery: opened.delivery }),
		...(clocks && { blockTimes: clocks.watch }),
		...(report && { onOutput: (output) => report.write(output) }),
	});
	if (files) await writer.setCoverage(await files.allowlist(store));
	const clock = new FlowClock(tracker.snapshot().highest, performance.now());
	const timer = isLive ? setInterval(() => void tick(), TICK_MS).unref() : undefined;
	const known = new KnownHosts();
	const inner = writer.sink({
		name: report?.name ?? flags.store ?? "incidents",
		tellsTotals: true,
		async onClose(totals) {
			clearInterval(timer);
			if (store && report?.recall) report.recall(await known.incidents(store));
			await report?.close(totals);
		},
		async onAbandon() {
			await report?.abandon();
		},
	});
	return {
		sink: { ...inner, write: (batch) => write(batch) },
		async reopen() {
			await report?.reopen?.();
			await opened?.delivery.reopen();
		},
		async [Symbol.asyncDispose]() {
			clearInterval(timer);
			await clocks?.[Symbol.asyncDispose]();
			if (opened) await notifying?.waitForDelivery(opened, warn);
			if (store) await closeStore(store, warn);
		},
	};

	async function write(batch: DecidedBatch): Promise<void> {
		for (const i of batch.reported) clock.saw(batch.flows.timeLast[i]!, performance.now());
		if (store) known.note(batch);
		await inner.write(batch);
	}

	async function tick(): Promise<void> {
		const now = clock.now(performance.now(), Date.now());
		if (now === null) return;
		try {
			await writer.advance(now - TRACKER_DEFAULTS.lateness);
		} catch (error) {
			warn(reasonOf(error));
		}
	}
}

/** Rows that the file did not take are lost with the process: the run has failed. */
async function closeStore(store: IncidentStore, warn: (line: string) => void): Promise<void> {
	const { waiting, dropped } = store.counters;
	const { reason } = store.health();
	await store[Symbol.asyncDispose]();
	if (waiting + dropped > 0) {
		tell(reason ?? `${store.name}: ${waiting + dropped} rows were lost`);
		process.exitCode ||= 1;
	} else if (reason !== undefined) warn(reason);
}

/** Files of block times are read to their end before any flow, unless flows come as they happen. */
async function openClocks(names: readonly string[], options: BlockTimeClocksOptions): Promise<BlockTimeClocks> {
	const { BlockTimeClocks } = await import("../watch/block-time-clocks.ts");
	const clocks = new BlockTimeClocks(options);
	await clocks.use(names);
	return clocks;
}

function trackerOptions({ internal, networks }: IncidentFlags, isLive: boolean): Partial<TrackerOptions> {
	const ours = internal === undefined ? undefined : new NetworkList(internal.split(",").map(networkOf));
	const names = networks?.split(",").map((part) => part.split("=")) ?? [];
	const named = names
		.map(([name, network]) => ({ name: name!.trim(), ...rangeOf(networkOf(network!)) }))
		.sort((a, b) => a.width - b.width);
	return {
		...(ours && { isOurs: (address: string) => ours.containsText(address) }),
		...(named.length > 0 && {
			networkName: (address: string) => named.find(({ list }) => list.containsText(address))?.name,
		}),
		// At a terminal seconds count, whatever the signal.
		...(isLive && { isUrgent: () => true }),
	};
}

function networkOf(text: string): Network {
	return parseNetwork(text.trim())!;
}

/** The longest prefix names an address: the bits that its network leaves open are counted. */
function rangeOf(network: Network): { readonly list: NetworkList; readonly width: number } {
	const { first, last } = network;
	let width = 0;
	for (let i = 0; i < first.length; i++) width += (first[i]! ^ last[i]!).toString(2).replaceAll("0", "").length;
	return { list: new NetworkList([network]), width };
}
