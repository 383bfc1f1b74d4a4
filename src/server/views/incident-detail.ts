import type { Incident } from "../../incident/incident.ts";
import type { Sighting } from "../../incident/sighting.ts";
import { evidenceWords, incidentWords, strongestFirst } from "../../incident/words.ts";
import type { Remark } from "../../store/bookkeeping.ts";
import type { ApiSighting, Contribution, IncidentDetail, IncidentRemark } from "../api-types.ts";
import type { DaemonView } from "../daemon-view.ts";
import { adviceFor } from "./advice.ts";

/** Pools whose other hosts are told, and hosts of each. */
const MOST_POOLS = 5;
const MOST_HOSTS = 20;

/** Everything about one incident but its flows. */
export async function incidentDetail(view: DaemonView, incident: Incident): Promise<IncidentDetail> {
	const { store } = view;
	const { id } = incident;
	const receivers = view.status().receivers.map(({ name }) => name);
	const [events, remarks, notifications, sightings, otherHosts] = await Promise.all([
		store.ask("details", "events", id),
		store.ask("books", "remarks", id),
		store.ask("details", "notifications", id, receivers),
		store.ask("details", "sightings", id),
		otherHostsOf(view, incident),
	]);
	const label = labelOf(remarks);
	return {
		incident,
		sentence: incidentWords(incident),
		advice: adviceFor(incident, {
			...(label && { label }),
			mayProbe: view.prober !== undefined,
			otherHosts: new Set(otherHosts.flatMap(({ hosts }) => hosts.map(({ host }) => host))).size,
		}),
		evidence: strongestFirst(incident.signals),
		contributions: contributionsOf(sightings),
		events,
		remarks: remarks.map(remarkView),
		...(label && { label }),
		notifications: notifications
			.map(({ receiver, sequence, enqueuedAt, attempts, waits }) => ({
				receiver,
				sequence,
				state: waits ? ("waiting" as const) : ("settled" as const),
				enqueued: enqueuedAt * 1000,
				attempts,
			}))
			.sort((a, b) => a.sequence - b.sequence),
		allowedBy: allowingEntries(view, incident),
		otherHosts,
	};
}

export function sightingView({
	flowId: _,
	part,
	explanation,
	packets,
	walletPrefix: __,
	domain: ___,
	...rest
}: Sighting): ApiSighting {
	const { probability, score, evidence } = explanation;
	return {
		...rest,
		isEarly: part === "early",
		...(probability !== undefined && { probability }),
		...(score !== undefined && { score }),
		evidence: evidence.map((each) => ({ signal: each.signal, words: evidenceWords(each) })),
		listedPackets: packets?.lengths.length ?? 0,
	};
}

/** The last label. */
export function labelOf(remarks: readonly Remark[]): "miner" | "not-a-miner" | undefined {
	const kind = remarks.findLast((remark) => remark.kind !== "note")?.kind;
	return kind === "note" ? undefined : kind;
}

function remarkView({ at, author, kind, text }: Remark): IncidentRemark {
	return { at: at * 1000, author, kind, text };
}

function allowingEntries(view: DaemonView, { allowedBy }: Incident): IncidentDetail["allowedBy"] {
	return view
		.allowlist()
		.entries.filter(({ id }) => allowedBy.includes(id))
		.map(({ id, entry: { reason, owner } }) => ({ id, reason, owner }));
}

async function otherHostsOf({ store }: DaemonView, { id, pools }: Incident): Promise<IncidentDetail["otherHosts"]> {
	const found = await Promise.all(
		pools.slice(0, MOST_POOLS).map(async ({ key }) => {
			const uses = await store.ask("details", "hostsAtPool", key, MOST_HOSTS + 1);
			const hosts = uses
				.filter(({ incident }) => incident !== id)
				.slice(0, MOST_HOSTS)
				.map(({ incident, host, isOpen, lastSeen }) => ({ incident, host, isOpen, lastSeen }));
			return { pool: key, hosts };
		}),
	);
	return found.filter(({ hosts }) => hosts.length > 0);
}

/** What moved the probability of the flow that the forest is surest of; greatest effect first. */
function contributionsOf(sightings: readonly Sighting[]): Contribution[] {
	let strongest: Extract<Sighting["explanation"]["evidence"][number], { readonly signal: "shape" }> | undefined;
	for (const { explanation } of sightings) {
		for (const evidence of explanation.evidence) {
			if (evidence.signal !== "shape" || evidence.features.length === 0) continue;
			if (strongest === undefined || evidence.probability > strongest.probability) strongest = evidence;
		}
	}
	return (strongest?.features ?? [])
		.map(({ name, value, effect }) => ({ feature: name, value, effect }))
		.sort((a, b) => Math.abs(b.effect) - Math.abs(a.effect));
}
