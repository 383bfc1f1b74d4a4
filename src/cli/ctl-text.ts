import { terminalText } from "../bytes/terminal-text.ts";
import type { LockstepGroup } from "../incident/block-times/lockstep-groups.ts";
import type { Incident } from "../incident/incident.ts";
import { grouped } from "../report/quantities.ts";
import type { WatchStatus } from "../watch/control.ts";
import type { ProbedServer } from "../watch/probes.ts";

/** An incident with its sentence. */
export type ListedIncident = Incident & { readonly words: string };

/** For people; `now` in milliseconds since the epoch. */
export function statusText(status: WatchStatus, now: number): string {
	const { inputs, receivers, store, problems, reload, configuration } = status;
	const lines = [
		`decrypto ${status.version}, running for ${durationText(now - status.started / 1000)}, ${configuration.file ?? ""}`,
		`${grouped(store.incidents)} open incidents`,
		...inputs.map(({ name, health, packets, flows, flowsPerSecond, restarts }) => {
			const amounts = `${packets === undefined ? "" : `${grouped(packets)} packets, `}${grouped(flows)} flows`;
			const rate = `${flowsPerSecond.toFixed(1)} flows/s`;
			return `input ${name}: ${health.state}; ${amounts}, ${rate}${restarts > 0 ? `; restarted ${restarts} times` : ""}`;
		}),
		...receivers.map(({ name, health, delivered, waiting }) => {
			return `receiver ${name}: ${health.state}; ${grouped(delivered)} delivered, ${grouped(waiting)} waiting`;
		}),
		`store ${store.path}: ${store.health.state}; ${grouped(store.bytes)} bytes`,
		...(reload ? [`last reload: ${reload.words}`] : []),
		...problems.map((problem) => `problem: ${problem}`),
	];
	return lines.join("\n");
}

export function incidentsText(incidents: readonly ListedIncident[]): string {
	if (incidents.length === 0) return "no incidents";
	return incidents.map(({ id, state, words }) => `${id}  ${state}  ${words}`).join("\n");
}

export function groupsText(groups: readonly LockstepGroup[]): string {
	const lines = groups.map(({ server, serverName, hosts, coin }) => {
		const name = [serverName, coin].filter((word) => word !== undefined).join(", ");
		const where = `${hostPort(server)}${name === "" ? "" : ` (${terminalText(name)})`}`;
		return `${where} sends data at the same times to ${hosts.length} hosts: ${hosts.join(" ")}`;
	});
	return lines.join("\n") || "no groups";
}

export function probesText(probed: readonly ProbedServer[]): string {
	return probed.map(({ target, words }) => `${hostPort(target)}: ${words}`).join("\n");
}

function hostPort({ address, port }: { readonly address: string; readonly port: number }): string {
	return `${address.includes(":") ? `[${address}]` : address}:${port}`;
}

function durationText(milliseconds: number): string {
	const minutes = Math.floor(milliseconds / 60_000);
	if (minutes < 60) return `${minutes} min`;
	if (minutes < 2880) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
	return `${Math.floor(minutes / 1440)} days`;
}
