import type { Confidence, Incident, IncidentEvent } from "../incident/incident.ts";
import type { TrackerOutput } from "../incident/tracker.ts";
import { fittedTable, wrapped } from "./fitted-table.ts";
import { incidentColumns } from "./incident-columns.ts";
import { incidentDetails } from "./incident-details.ts";
import { counted } from "./quantities.ts";
import { runFigures, runRemarks } from "./run-summary.ts";
import { styleFor } from "./style.ts";
import type { TextOutput } from "./text-output.ts";
import { printable } from "./text-table.ts";
import type { Totals } from "./totals.ts";

/** Where a run's incidents are reported. */
export interface IncidentReport {
	readonly name: string;
	write(output: TrackerOutput): Promise<void>;
	/** Incidents that a store had already and nothing new was found of, before `close`. */
	recall?(incidents: readonly Incident[]): void;
	close(totals: Totals): Promise<void>;
	/** The run failed. */
	abandon(): Promise<void>;
	/** Opens the file again after log rotation. */
	reopen?(): Promise<void>;
}

/** An event of an incident as one line without a line feed. */
export type EncodeEvent = (event: IncidentEvent) => string;

/** One line for each event (of these hosts only, if there are any), at once: for a reader that follows. */
export function incidentLines(output: TextOutput, encode: EncodeEvent, hosts?: readonly string[]): IncidentReport {
	return {
		name: output.name,
		async write({ events }) {
			for (const event of events)
				if (!hosts || hosts.includes(event.incident.host.address)) await output.write(`${encode(event)}\n`);
			if (events.length > 0) await output.flush();
		},
		close: () => output.close(),
		abandon: () => output.abandon(),
		...(output.reopen && { reopen: output.reopen }),
	};
}

export interface IncidentTableOptions {
	/** Columns of the terminal. */
	readonly width: number;
	readonly colour: boolean;
	/** Tell what happens in a line each: what one wants of a live source. */
	readonly announce: boolean;
	/** Show everything about these hosts instead of the table. */
	readonly hosts?: readonly string[];
	/** Text below the totals, built when they are known. */
	readonly footer?: (totals: Totals) => string;
}

/** Incidents that a table keeps; beyond it they are counted. */
const MOST_ROWS = 100_000;

/** A row per mining host when the run ends, and the run's figures below: for people at a terminal. */
export function incidentTable(output: TextOutput, options: IncidentTableOptions): IncidentReport {
	const { width, announce, hosts, footer } = options;
	const style = styleFor(options.colour);
	const incidents = new Map<string, Incident>();
	let leftOut = 0;
	const keep = (incident: Incident): void => {
		if (hosts && !hosts.includes(incident.host.address)) return;
		if (incidents.has(incident.id) || incidents.size < MOST_ROWS) incidents.set(incident.id, incident);
		else if (incident.sequence === 1) leftOut++;
	};
	return {
		name: output.name,
		async write({ events, updated }) {
			for (const { incident } of updated) keep(incident);
			if (!announce) return;
			for (const event of events)
				if (!hosts || hosts.includes(event.incident.host.address)) await output.write(announcement(event));
			await output.flush();
		},
		recall(known) {
			for (const incident of known) if (!incidents.has(incident.id)) keep(incident);
		},
		async close(totals) {
			const rows = [...incidents.values()].sort(mostCertainFirst);
			if (rows.length > 0) {
				if (announce) await output.write("\n");
				const dim = (text: string): string => style("dim", text);
				const body = hosts
					? rows.map((row) => incidentDetails(row, style)).join("\n")
					: `${fittedTable(incidentColumns(style), rows, width, dim)}\n`;
				await output.write(`${body}\n`);
			}
			if (leftOut > 0) await output.write(`… and ${counted(leftOut, "further incident")}\n\n`);
			await output.write(`${style("bold", wrapped(headline(rows, hosts).split(" "), " ", width))}\n`);
			await output.write(`${wrapped(runFigures(totals), " · ", width)}\n`);
			for (const line of runRemarks(totals))
				await output.write(`${style("yellow", wrapped(line.split(" "), " ", width))}\n`);
			if (footer) await output.write(footer(totals));
			await output.close();
		},
		abandon: () => output.abandon(),
	};
}

function announcement({ kind, words, at }: IncidentEvent): string {
	const time = new Date(Math.floor(at / 1000)).toISOString().slice(11, 19);
	return `${time}  ${kind.padEnd(9)}  ${printable(words)}\n`;
}

const ORDER: Readonly<Record<Confidence, number>> = { confirmed: 0, probable: 1, suspected: 2 };

function mostCertainFirst(a: Incident, b: Incident): number {
	return ORDER[a.confidence] - ORDER[b.confidence] || a.opened - b.opened || (a.id < b.id ? -1 : 1);
}

/** Suspected hosts are not said to mine. */
function headline(incidents: readonly Incident[], hosts: readonly string[] | undefined): string {
	if (incidents.length === 0) return hosts ? `No mining of ${hosts.join(", ")} found.` : "No miner found.";
	const words = new Map<string, Confidence>();
	for (const { host, confidence } of incidents) if (!words.has(host.address)) words.set(host.address, confidence);
	const hostsWith = (confidence: Confidence): number =>
		[...words.values()].filter((each) => each === confidence).length;
	const [confirmed, probable, suspected] = [hostsWith("confirmed"), hostsWith("probable"), hostsWith("suspected")];
	const isSuspected = `${counted(suspected, "host is", "hosts are")} suspected`;
	if (confirmed + probable === 0) return `${isSuspected}.`;
	const parts = [
		...(confirmed > 0 ? [`${confirmed} confirmed`] : []),
		...(probable > 0 ? [`${probable} probable`] : []),
	];
	const mines = `${counted(confirmed + probable, "host mines", "hosts mine")}: ${parts.join(", ")}`;
	return suspected > 0 ? `${mines}; ${isSuspected}.` : `${mines}.`;
}
