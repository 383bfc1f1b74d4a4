import { REASON } from "../detect/verdicts.ts";
import { addressText } from "../flow/address.ts";
import type { Incident } from "../incident/incident.ts";
import type { DecidedBatch } from "../report/verdict-sink.ts";
import type { IncidentStore } from "../store/incident-store.ts";
import { listOf } from "./open-store.ts";

/** Hosts that are remembered; a table of more is not read. */
const MOST_HOSTS = 10_000;
/** SQLite's limit of values in a statement is far above. */
const HOSTS_PER_QUERY = 500;

/**
 * Hosts that a run found mining. Flows that the store counted in an earlier run change nothing, so that the tracker says nothing
 * of them: what is known of their hosts comes from the store.
 */
export class KnownHosts {
	readonly #hosts = new Set<string>();
	#from = Infinity;
	#to = -Infinity;

	note({ flows, verdicts, reported }: DecidedBatch): void {
		for (const i of reported) {
			if (verdicts.reasons[i] === REASON.NONE || this.#hosts.size >= MOST_HOSTS) continue;
			this.#hosts.add(addressText(flows.addresses, i * 32));
			this.#hosts.add(addressText(flows.addresses, i * 32 + 16));
			this.#from = Math.min(this.#from, flows.timeFirst[i]!);
			this.#to = Math.max(this.#to, flows.timeLast[i]!);
		}
	}

	/** The store's incidents of these hosts within the time of the flows. */
	async incidents(store: IncidentStore): Promise<Incident[]> {
		const hosts = [...this.#hosts];
		const found: Incident[] = [];
		for (let k = 0; k < hosts.length; k += HOSTS_PER_QUERY) {
			const host = hosts.slice(k, k + HOSTS_PER_QUERY);
			found.push(...(await listOf(store, { host, since: this.#from, until: this.#to + 1 })));
		}
		return found;
	}
}
