import { isDeepStrictEqual } from "node:util";
import type { Compared, DaemonPlan } from "./plan.ts";

/** What a new configuration changes; everything else stays as it is, sockets included. */
export interface PlanDifference {
	/** Names of inputs; a changed one is stopped and started again. */
	readonly inputs: NamesChanged;
	readonly receivers: NamesChanged;
	/** Model, pools, thresholds or networks of the detector. */
	readonly decision: boolean;
	/** Where block times come from. */
	readonly blockTimes: boolean;
	/** Which servers may be asked. */
	readonly probes: boolean;
	readonly allowlist: boolean;
	/** Times and bounds of incidents, names of networks. */
	readonly incidents: boolean;
	readonly metrics: boolean;
	readonly web: boolean;
	readonly log: boolean;
	/** Keys that take effect when the daemon is started again. */
	readonly later: readonly string[];
}

export interface NamesChanged {
	readonly added: readonly string[];
	readonly changed: readonly string[];
	readonly removed: readonly string[];
}

export function differenceOf(before: DaemonPlan, after: DaemonPlan): PlanDifference {
	const [old, now] = [before.configuration, after.configuration];
	const differs = (...keys: (keyof typeof old)[]): boolean =>
		keys.some((key) => !isDeepStrictEqual(old[key], now[key]));
	return {
		inputs: namesChanged(before.inputs, after.inputs, ({ input }) => input),
		receivers: namesChanged(before.receivers, after.receivers, ({ name }) => name),
		decision: before.decision.text !== after.decision.text,
		blockTimes: !isDeepStrictEqual(old.detection.block_times, now.detection.block_times),
		probes: differs("probes") || !isDeepStrictEqual(old.networks.ours, now.networks.ours),
		allowlist: before.allowlist.text !== after.allowlist.text,
		incidents: differs("incidents", "networks"),
		metrics: differs("metrics"),
		web: differs("web"),
		log: differs("log"),
		later: [
			...(before.storePath === after.storePath ? [] : ["store.path"]),
			...(old.store.keep === now.store.keep && old.store.size === now.store.size ? [] : ["store.keep", "store.size"]),
			...(before.controlSocket === after.controlSocket ? [] : ["control.socket"]),
			...(differs("threads") ? ["threads"] : []),
		],
	};
}

/** One sentence for the log and for people. */
export function differenceWords({ inputs, receivers, later, ...parts }: PlanDifference): string {
	const names = {
		decision: "detection",
		blockTimes: "block times",
		probes: "probes",
		allowlist: "allowlist",
		incidents: "incidents",
		metrics: "metrics",
		web: "web",
	};
	const changed = Object.entries({ ...names, log: "log" })
		.filter(([key]) => parts[key as keyof typeof parts])
		.map(([, name]) => `${name} changed`);
	const words = [...namesWords("input", inputs), ...namesWords("receiver", receivers), ...changed];
	const restart = later.length > 0 ? [`${later.join(", ")}: changed, but takes effect after a restart only`] : [];
	return [...(words.length > 0 ? words : restart.length > 0 ? [] : ["nothing changed"]), ...restart].join("; ");
}

function namesWords(what: string, { added, changed, removed }: NamesChanged): string[] {
	return Object.entries({ added, changed, removed }).flatMap(([verb, names]) =>
		names.length > 0 ? [`${what} ${names.join(", ")} ${verb}`] : [],
	);
}

function namesChanged<T>(
	before: readonly Compared<T>[],
	after: readonly Compared<T>[],
	nameOf: (value: T) => string,
): NamesChanged {
	const old = new Map(before.map(({ value, text }) => [nameOf(value), text]));
	const now = new Map(after.map(({ value, text }) => [nameOf(value), text]));
	return {
		added: [...now.keys()].filter((name) => !old.has(name)),
		changed: [...now].filter(([name, text]) => old.has(name) && old.get(name) !== text).map(([name]) => name),
		removed: [...old.keys()].filter((name) => !now.has(name)),
	};
}
