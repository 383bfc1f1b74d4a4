import { DeCryptoError, reasonOf } from "../bytes/error.ts";
import type { Log } from "../bytes/log.ts";
import { NetworkList, parseNetwork } from "../flow/networks.ts";
import type { IncidentEvent } from "../incident/incident.ts";
import { type ProvenServer, probeSighting } from "../incident/probe-sighting.ts";
import type { Sighting } from "../incident/sighting.ts";
import { readDenyList } from "../pool/deny-list.ts";
import { ProbeHistory } from "../pool/probe-history.ts";
import { ProvenPools } from "../pool/proven-pools.ts";
import { type SuspectProbeResult, SuspectProber, type SuspectServer } from "../pool/suspect-prober.ts";
import { PROBE_LIMIT, type Prober } from "../server/daemon-view.ts";
import type { IncidentStore } from "../store/incident-store.ts";
import type { Configuration } from "./configuration-schema.ts";

export interface ProbesParts {
	readonly store: IncidentStore;
	readonly log: Log;
	/** Milliseconds since the epoch. */
	now(): number;
	/** Takes the proofs to the incidents; resolves when they are stored. */
	witness(sightings: readonly Sighting[]): Promise<void>;
}

/** A server of an incident, and what asking it came to. */
export type ProbedServer = Pick<SuspectProbeResult, "target" | "outcome" | "words">;

type SuspectTarget = Pick<SuspectServer, "address" | "port"> & { readonly serverName?: string | undefined };

const DAY = 86_400_000;
/** Incidents of one server that a proof confirms. */
const MOST_CONFIRMED = 1000;

/**
 * Probes of the servers of incidents, as far as the configuration permits them. What was asked when, and which servers are
 * proven, stands in two files beside the store; neither is made before the first permission.
 */
export class Probes {
	readonly #parts: ProbesParts;
	readonly #stop = new AbortController();
	readonly #running = new Set<Promise<unknown>>();
	#history: ProbeHistory | undefined;
	#suspects: SuspectProber | undefined;
	#isAutomatic = false;

	constructor(parts: ProbesParts) {
		this.#parts = parts;
	}

	/** Goes by these permissions. Throws where the history cannot be read or written. */
	use({ probes, networks }: Configuration): void {
		const { mode, contact, deny } = probes;
		this.#suspects = undefined;
		this.#isAutomatic = false;
		if (mode === "never") return;
		const { store, log, now } = this.#parts;
		this.#history ??= new ProbeHistory(`${store.name}-probes`, now() - DAY);
		const ours = new NetworkList(networks.ours.map((text) => parseNetwork(text)!));
		const denied = readDenyList(deny.join("\n"));
		this.#suspects = new SuspectProber({
			mode: mode === "automatic" ? "automatic" : "on-request",
			agent: `decrypto-probe/1.0 (${contact})`,
			isOurs: (address) => ours.containsText(address),
			isDenied: denied.isDenied,
			allowReserved: probes.private,
			history: this.#history,
			now,
			log: (line) => log.info("probe", line),
		});
		this.#isAutomatic = mode === "automatic";
	}

	/** For the web server; undefined where nobody may probe. */
	get prober(): Prober | undefined {
		const suspects = this.#suspects;
		if (suspects === undefined) return undefined;
		return {
			plan(target) {
				return { target, steps: suspects.plan(serverOf(target)).steps.map((step) => ({ ...step })) };
			},
			probe: async (target, signal) => {
				const { isPool, words, protocol, latency } = await this.#ask(serverOf(target), (server, stop) =>
					suspects.probe(server, AbortSignal.any([signal, stop])),
				);
				return {
					target,
					isPool,
					words,
					...(protocol !== undefined && { protocol }),
					...(latency !== undefined && { latency }),
				};
			},
		};
	}

	/** Probes the servers of an incident, one after the other. Throws where nothing is permitted, or there is no such incident. */
	async probeIncident(id: string): Promise<ProbedServer[]> {
		const suspects = this.#suspects;
		if (suspects === undefined)
			throw new DeCryptoError("probing-disabled", "the configuration does not permit probes (probes: mode)");
		const incident = await this.#parts.store.ask("details", "incident", id);
		if (incident === undefined) throw new DeCryptoError("not-found", `there is no incident ${id}`);
		const limit = AbortSignal.timeout(PROBE_LIMIT);
		const probed: ProbedServer[] = [];
		for (const server of incident.pools.map(serverOf)) {
			const { target, outcome, words } = await this.#ask(server, (each, stop) =>
				suspects.probe(each, AbortSignal.any([limit, stop])),
			);
			probed.push({ target, outcome, words });
		}
		return probed;
	}

	/** Where automatic probes are permitted, the servers of an incident that is no more than probable are asked. */
	onEvent({ kind, incident }: IncidentEvent): void {
		const suspects = this.#suspects;
		const isNew = kind === "opened" || kind === "escalated";
		if (suspects === undefined || !this.#isAutomatic || !isNew) return;
		if (incident.confidence !== "probable" || incident.allowedBy.length > 0) return;
		for (const server of incident.pools.map(serverOf)) {
			const asked = this.#ask(server, (each, stop) => suspects.probeAutomatically(each, stop)).catch((error) =>
				this.#parts.log.error("probe", reasonOf(error)),
			);
			this.#running.add(asked);
			void asked.finally(() => this.#running.delete(asked));
		}
	}

	/** Interrupts what is being asked. */
	async close(): Promise<void> {
		this.#suspects = undefined;
		this.#stop.abort();
		await Promise.all(this.#running);
	}

	async #ask(
		server: SuspectServer,
		probe: (server: SuspectServer, stop: AbortSignal) => Promise<SuspectProbeResult>,
	): Promise<SuspectProbeResult> {
		const result = await probe(server, this.#stop.signal);
		if (result.pool === undefined) return result;
		this.#list(result.pool);
		await this.#confirm(server, result.pool);
		return result;
	}

	/** A list that cannot be written must not cost the incident its proof. */
	#list(pool: NonNullable<SuspectProbeResult["pool"]>): void {
		try {
			new ProvenPools(`${this.#parts.store.name}-proven.csv`).add(pool);
		} catch (error) {
			this.#parts.log.error("probe", reasonOf(error));
		}
	}

	/** Every open incident of the server gets the proof. */
	async #confirm(server: SuspectServer, proof: ProvenServer): Promise<void> {
		const { address, port, serverName } = server;
		const keys = [`${address}:${port}`, ...(serverName === undefined ? [] : [serverName.toLowerCase()])];
		const { incidents } = await this.#parts.store.find({ state: "open", pool: keys, limit: MOST_CONFIRMED });
		const sightings = incidents.flatMap(({ host, lastSeen, pools }) =>
			pools
				.filter((pool) => pool.address === address && pool.port === port)
				.map((pool) => probeSighting(host, proof, lastSeen, pool.serverName)),
		);
		await this.#parts.witness(sightings);
	}
}

/** Only what a probe needs of a pool. */
function serverOf({ address, port, serverName }: SuspectTarget): SuspectServer {
	return { address, port, ...(serverName !== undefined && { serverName }) };
}
