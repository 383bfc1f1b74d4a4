import { UsageError } from "../bytes/error.ts";
import { incidentWords } from "../incident/words.ts";
import type { ControlHandler } from "./control-socket.ts";
import type { Daemon } from "./daemon.ts";
import type { ReloadReport } from "./daemon-parts.ts";
import { daemonStatus } from "./status.ts";

/** What the control socket answers. */
export function controlHandler(daemon: Daemon, reload: () => Promise<ReloadReport>): ControlHandler {
	return async (request) => {
		switch (request.command) {
			case "status":
				return { ...daemonStatus(daemon), store: await storeStatus(daemon.store) };
			case "incidents": {
				const { state, text, limit } = request;
				const query = { ...(state && { state }), ...(text !== undefined && { text }), limit };
				const { incidents } = await daemon.store.find(query);
				return incidents.map((incident) => ({ ...incident, words: incidentWords(incident) }));
			}
			case "allow": {
				const id = await daemon.allowlist.add(request.entry);
				await daemon.allowlistChanged();
				return { id };
			}
			case "probe":
				return daemon.probes.probeIncident(request.incident);
			case "groups":
				return daemon.blockTimes.watch.groups();
			case "reload":
				return reload();
			case "test": {
				const { receiver } = request;
				const results = await daemon.delivery.test(receiver);
				if (receiver !== undefined && results.length === 0) throw new UsageError(`there is no receiver ${receiver}`);
				return results;
			}
		}
	};
}

async function storeStatus(store: Daemon["store"]) {
	const { health, counters } = await store.refreshStatus();
	return { path: store.name, health, ...counters, incidents: await store.count({ state: "open" }) };
}

/** What `status` answers. */
export type WatchStatus = ReturnType<typeof daemonStatus> & { readonly store: Awaited<ReturnType<typeof storeStatus>> };
