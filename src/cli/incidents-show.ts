import { Command, Option } from "commander";
import { DeCryptoError } from "../bytes/error.ts";
import { printText } from "../bytes/standard-output.ts";
import type { Incident } from "../incident/incident.ts";
import { incidentRecord } from "../notify/formats/json.ts";
import { jsonLine } from "../notify/formats/json-line.ts";
import { incidentDetails } from "../report/incident-details.ts";
import { styleFor } from "../report/style.ts";
import { printable } from "../report/text-table.ts";
import { timestamp } from "../report/timestamp.ts";
import type { PastEvent } from "../store/incident-details.ts";
import type { IncidentStore } from "../store/incident-store.ts";
import { listOf, openStoreToRead } from "./open-store.ts";
import { terminal } from "./terminal-colours.ts";

interface ShowFlags {
	readonly store: string;
	readonly format: "text" | "json";
	readonly color: boolean;
}

export function incidentsShowCommand(): Command {
	return new Command("show")
		.description("Shows everything about incidents: evidence, pools, allowlist entries, what happened when.")
		.argument("<incident...>", "identifiers, or addresses of hosts")
		.requiredOption("--store <file>", "the store")
		.addOption(new Option("--format <format>", "form").choices(["text", "json"]).default("text"))
		.option("--no-color", "no colours")
		.action(showAction);
}

async function showAction(names: string[], flags: ShowFlags): Promise<void> {
	await using store = await openStoreToRead(flags.store);
	const { colour } = terminal(flags.color);
	const allowed = new Map((await store.ask("books", "allowlist")).map(({ id, entry }) => [id, reasonOf(entry)]));
	for (const name of names) {
		const incidents = await incidentsNamed(store, name);
		if (incidents.length === 0)
			throw new DeCryptoError("incident", `${name}: no incident and no host of one`, { name });
		for (const incident of incidents) {
			const events = await store.ask("details", "events", incident.id);
			await printText(flags.format === "json" ? jsonText(incident, events) : detailsText(incident, events));
		}
	}

	function detailsText(incident: Incident, events: readonly PastEvent[]): string {
		const named = { ...incident, allowedBy: incident.allowedBy.map((id) => allowed.get(id) ?? id) };
		return `${incidentDetails(named, styleFor(colour))}${events.map(eventLine).join("")}\n`;
	}
}

async function incidentsNamed(store: IncidentStore, name: string): Promise<Incident[]> {
	const byId = await store.ask("details", "incident", name);
	return byId ? [byId] : listOf(store, { host: [name] });
}

function eventLine({ at, kind, words }: PastEvent): string {
	return `  ${timestamp(at).slice(0, 19).replace("T", " ")}  ${kind.padEnd(9)}  ${printable(words)}\n`;
}

function jsonText(incident: Incident, events: readonly PastEvent[]): string {
	const past = events.map(({ sequence, at, kind, words }) => ({ sequence, at: timestamp(at), kind, words }));
	return `${jsonLine({ ...incidentRecord(incident), events: past })}\n`;
}

function reasonOf(entry: object): string {
	const { reason, owner } = entry as { reason?: string; owner?: string };
	return printable(`${reason ?? ""} (${owner ?? ""})`);
}
