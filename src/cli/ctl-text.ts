import type { Incident } from "../incident/incident.ts";
import { grouped } from "../report/quantities.ts";
import type { WatchStatus } from "../watch/status.ts";

/** An incident with its sentence. */
export type ListedIncident = Incident & { readonly words: string };

/** For people; `now` in milliseconds since the epoch. */
export function statusText(status: WatchStatus, now: number): string {
	const { inputs, receivers, store, problems, lastReload } = status;
	const lines = [
		`decrypto ${status.version}, running for ${durationText(now - status.started)}, configuration ${status.configuration}`,
		`${grouped(status.openIncidents)} open incidents, ${grouped(status.allowlistEntries)} entries on the allowlist`,
		...inputs.map(({ input, state, packets, flows, minerFlows, restarts }) => {
			const amounts = `${grouped(packets)} packets, ${grouped(flows)} flows, ${grouped(minerFlows)} of them miners`;
			return `input ${input}: ${state}; ${amounts}${restarts > 0 ? `; restarted ${restarts} times` : ""}`;
		}),
		...receivers.map(({ receiver, health, delivered, waiting }) => {
			return `receiver ${receiver}: ${health.state}; ${grouped(delivered)} delivered, ${grouped(waiting)} waiting`;
		}),
		`store ${store.path}: ${store.health.state}; ${grouped(store.bytes)} bytes`,
		...(lastReload ? [`last reload: ${lastReload.words}`] : []),
		...problems.map((problem) => `problem: ${problem}`),
	];
	return lines.join("\n");
}

export function incidentsText(incidents: readonly ListedIncident[]): string {
	if (incidents.length === 0) return "no incidents";
	return incidents.map(({ id, state, words }) => `${id}  ${state}  ${words}`).join("\n");
}

function durationText(milliseconds: number): string {
	const minutes = Math.floor(milliseconds / 60_000);
	if (minutes < 60) return `${minutes} min`;
	if (minutes < 2880) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
	return `${Math.floor(minutes / 1440)} days`;
}
