import type { Incident } from "../../incident/incident.ts";
import { incidentWords } from "../../incident/words.ts";
import { rfc3339 } from "../../notify/event-time.ts";
import { FORMATS } from "../../notify/formats/formats.ts";
import { visibleText } from "../../notify/formats/visible-text.ts";
import { createNotification, type Notification } from "../../notify/notification.ts";
import { encodeAll, type Sender } from "../../notify/notification-format.ts";
import type { ExportFormat } from "../api-types.ts";
import { incidentRow } from "./incident-row.ts";

/** How an export is written, a page of incidents at a time. */
export interface Exporter {
	readonly contentType: string;
	readonly extension: string;
	/** Incidents beyond this number are refused: the format has one body for all. */
	readonly most: number;
	readonly begin: string;
	encode(incidents: readonly Incident[], isFirst: boolean): string;
	readonly end: string;
}

/** A bundle is built in memory. */
const MOST_IN_BUNDLE = 2000;

export function exporterOf(format: ExportFormat, sender: Sender): Exporter {
	if (format === "csv") return CSV;
	if (format === "json") return JSON_LIST;
	const { contentType, extension, separator, header, batch } = FORMATS[format];
	return {
		contentType,
		extension,
		most: batch ? MOST_IN_BUNDLE : Infinity,
		begin: header ?? "",
		encode: (incidents) => {
			const body = encodeAll(FORMATS[format], incidents.map(notificationOf), sender);
			return body.endsWith("\n") ? body : body + separator;
		},
		end: "",
	};
}

const JSON_LIST: Exporter = {
	contentType: "application/json",
	extension: "json",
	most: Infinity,
	begin: "[",
	encode: (incidents, isFirst) =>
		(isFirst ? "\n" : ",\n") + incidents.map((incident) => JSON.stringify(incident)).join(",\n"),
	end: "\n]\n",
};

const COLUMNS: readonly (readonly [name: string, value: (incident: Incident) => string | number])[] = [
	["id", ({ id }) => id],
	["address", ({ host }) => host.address],
	["domain", ({ host }) => host.domain ?? ""],
	["network", ({ host }) => host.network ?? ""],
	["role", ({ role }) => role],
	["state", ({ state }) => state],
	["confidence", ({ confidence }) => confidence],
	["score", ({ score }) => score],
	["opened", ({ opened }) => rfc3339(opened)],
	["last_seen", ({ lastSeen }) => rfc3339(lastSeen)],
	["closed", ({ closed }) => (closed === undefined ? "" : rfc3339(closed))],
	["flows", ({ flows }) => flows],
	["bytes_to_pool", ({ bytesToPool }) => bytesToPool],
	["bytes_to_miner", ({ bytesToMiner }) => bytesToMiner],
	["pools", ({ pools }) => pools.map(({ key }) => key).join(" ")],
	["coins", ({ pools }) => [...new Set(pools.flatMap(({ coin }) => coin ?? []))].join(" ")],
	["signals", (incident) => incidentRow(incident).signals.join(" ")],
	["allowlisted", ({ allowedBy }) => String(allowedBy.length > 0)],
	["sentence", incidentWords],
];

/** RFC 4180. */
const CSV: Exporter = {
	contentType: "text/csv; charset=utf-8; header=present",
	extension: "csv",
	most: Infinity,
	begin: `${COLUMNS.map(([name]) => name).join(",")}\r\n`,
	encode: (incidents) =>
		incidents.map((incident) => `${COLUMNS.map(([, value]) => cell(value(incident))).join(",")}\r\n`).join(""),
	end: "",
};

/** A text that a spreadsheet would take for a formula begins with an apostrophe: text from the network stays text. */
function cell(value: string | number): string {
	if (typeof value === "number") return String(value);
	const visible = visibleText(value);
	const safe = /^[=+\-@]/.test(visible) ? `'${visible}` : visible;
	return /[",]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** An incident as it is now, as a notification would tell it. */
function notificationOf(incident: Incident): Notification {
	const { sequence, state, lastSeen, closed } = incident;
	return createNotification({
		kind: state === "closed" ? "closed" : "changed",
		sequence,
		at: closed ?? lastSeen,
		words: incidentWords(incident),
		incident,
	});
}
