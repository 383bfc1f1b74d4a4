import type { DaemonParts } from "./daemon-parts.ts";
import { problemsOf } from "./health.ts";

/** How the daemon is, as plain data. Times are milliseconds since the epoch. */
export function daemonStatus(daemon: DaemonParts) {
	const { plan, pipelines, delivery, store, keeper, allowlist, surroundings, lastReload } = daemon;
	return {
		version: surroundings.version,
		started: daemon.started,
		configuration: plan.source.file,
		inputs: pipelines.statuses().map(({ input, state, health, restarts, counters }) => ({
			input,
			state,
			health,
			restarts,
			packets: counters?.source.packets ?? 0,
			flows: counters?.source.flows ?? 0,
			minerFlows: counters?.decided.minerFlows ?? 0,
			malformed: Object.fromEntries(counters?.source.malformed ?? []),
		})),
		openIncidents: keeper.openIncidents,
		allowlistEntries: allowlist.current.entries.length,
		receivers: delivery.receivers.map((receiver) => ({
			receiver: receiver.name,
			health: receiver.health(),
			...receiver.counters,
		})),
		store: { path: store.name, health: store.health(), ...store.counters },
		...(lastReload && { lastReload }),
		problems: problemsOf(daemon),
	};
}

export type WatchStatus = ReturnType<typeof daemonStatus>;
