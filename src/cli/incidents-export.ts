import { hostname } from "node:os";
import { Command, Option } from "commander";
import { csvCell } from "../bytes/csv-cell.ts";
import { refuseInputs } from "../bytes/refuse-inputs.ts";
import { standardOutput } from "../bytes/standard-output.ts";
import type { Incident } from "../incident/incident.ts";
import { incidentWords } from "../incident/words.ts";
import { FORMAT_NAMES, FORMATS, type FormatName } from "../notify/formats/formats.ts";
import { createNotification, type Notification } from "../notify/notification.ts";
import { encodeAll } from "../notify/notification-format.ts";
import { fileOutput, streamOutput } from "../report/text-output.ts";
import { timestamp } from "../report/timestamp.ts";
import { addFilterFlags, type FilterFlags, queryOf } from "./incident-filter-flags.ts";
import { incidentsOf, openStoreToRead } from "./open-store.ts";
import { programVersion } from "./program-version.ts";

interface ExportFlags extends FilterFlags {
	readonly store: string;
	readonly format: FormatName | "csv";
	readonly output: string;
}

export function incidentsExportCommand(): Command {
	const command = new Command("export")
		.description("Writes incidents, each as it is now, as CSV or in a format of notifications (docs/notifications.md).")
		.requiredOption("--store <file>", "the store");
	return addFilterFlags(command)
		.optionsGroup("Output:")
		.addOption(new Option("--format <format>", "form").choices([...FORMAT_NAMES, "csv"]).default("json"))
		.option("--output <file>", "where to; - is standard output", "-")
		.action(exportAction);
}

async function exportAction(flags: ExportFlags): Promise<void> {
	refuseInputs(flags.output, [flags.store]);
	await using store = await openStoreToRead(flags.store);
	const incidents = incidentsOf(store, queryOf(flags));
	const texts = flags.format === "csv" ? csvLines(incidents) : notifications(incidents, flags.format);
	const output = flags.output === "-" ? streamOutput(standardOutput()) : fileOutput(flags.output);
	try {
		for await (const text of texts) await output.write(text);
		await output.close();
	} catch (error) {
		await output.abandon();
		throw error;
	}
}

/** Formats with one body for several notifications (a STIX bundle, alerts for Alertmanager) get all of them at once. */
async function* notifications(incidents: AsyncIterable<Incident>, name: FormatName): AsyncGenerator<string> {
	const format = FORMATS[name];
	const {
		header = "",
		separator,
		batch,
	} = format as (typeof FORMATS)[FormatName] & { header?: string; batch?: unknown };
	const sender = { sensor: hostname(), version: programVersion(), now: Date.now };
	if (header !== "") yield `${header}\n`;
	const gathered: Notification[] = [];
	for await (const incident of incidents) {
		if (batch) gathered.push(notificationOf(incident));
		else yield format.encode(notificationOf(incident), sender) + separator;
	}
	if (gathered.length > 0) yield `${encodeAll(format, gathered, sender)}\n`;
}

/** The incident as its last event told it. */
function notificationOf(incident: Incident): Notification {
	const { sequence, state, lastSeen, closed } = incident;
	const kind = state === "closed" ? "closed" : sequence === 1 ? "opened" : "changed";
	return createNotification({ kind, sequence, at: closed ?? lastSeen, words: incidentWords(incident), incident });
}

const COLUMNS: readonly (readonly [name: string, value: (incident: Incident) => string | number])[] = [
	["id", ({ id }) => id],
	["host", ({ host }) => host.address],
	["domain", ({ host }) => host.domain ?? ""],
	["network", ({ host }) => host.network ?? ""],
	["role", ({ role }) => role],
	["state", ({ state }) => state],
	["confidence", ({ confidence }) => confidence],
	["score", ({ score }) => score],
	["opened", ({ opened }) => timestamp(opened)],
	["last_seen", ({ lastSeen }) => timestamp(lastSeen)],
	["closed", ({ closed }) => (closed === undefined ? "" : timestamp(closed))],
	["flows", ({ flows }) => flows],
	["packets", ({ packets }) => packets],
	["bytes_to_pool", ({ bytesToPool }) => bytesToPool],
	["bytes_to_miner", ({ bytesToMiner }) => bytesToMiner],
	["pools", ({ pools }) => pools.map(({ key }) => key).join(" ")],
	["coins", ({ pools }) => distinct(pools.map(({ coin }) => coin))],
	["software", ({ pools }) => distinct(pools.map(({ software }) => software))],
	["signals", ({ signals }) => signals.map(({ signal }) => signal).join(" ")],
	["allowlisted", ({ allowedBy }) => String(allowedBy.length > 0)],
	["words", incidentWords],
];

async function* csvLines(incidents: AsyncIterable<Incident>): AsyncGenerator<string> {
	yield `${COLUMNS.map(([name]) => name).join(",")}\r\n`;
	for await (const incident of incidents) yield `${COLUMNS.map(([, value]) => csvCell(value(incident))).join(",")}\r\n`;
}

function distinct(values: readonly (string | undefined)[]): string {
	return [...new Set(values.filter((value) => value !== undefined))].join(" ");
}
