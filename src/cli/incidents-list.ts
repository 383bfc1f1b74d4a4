import { Command, Option } from "commander";
import { printText, standardOutput } from "../bytes/standard-output.ts";
import type { Incident } from "../incident/incident.ts";
import { incidentRecord } from "../notify/formats/json.ts";
import { jsonLine } from "../notify/formats/json-line.ts";
import { fittedTable } from "../report/fitted-table.ts";
import { incidentColumns } from "../report/incident-columns.ts";
import { counted } from "../report/quantities.ts";
import { styleFor } from "../report/style.ts";
import { streamOutput } from "../report/text-output.ts";
import { addFilterFlags, type FilterFlags, queryOf } from "./incident-filter-flags.ts";
import { listOf, openStoreToRead } from "./open-store.ts";
import { positiveInteger } from "./option-values.ts";
import { terminal } from "./terminal-colours.ts";

interface ListFlags extends FilterFlags {
	readonly store: string;
	readonly limit: number;
	readonly format?: "table" | "ndjson";
	readonly color: boolean;
}

export function incidentsListCommand(): Command {
	const command = new Command("list")
		.description("Lists incidents: a table on a terminal, one JSON object a line into a pipe.")
		.requiredOption("--store <file>", "the store, as decrypto detect --store or decrypto watch keeps it");
	return addFilterFlags(command)
		.option("--limit <n>", "incidents at most", positiveInteger, 1000)
		.optionsGroup("Output:")
		.addOption(new Option("--format <format>", "form").choices(["table", "ndjson"]))
		.option("--no-color", "no colours")
		.action(listAction);
}

async function listAction(flags: ListFlags): Promise<void> {
	await using store = await openStoreToRead(flags.store);
	const query = queryOf(flags);
	const incidents = await listOf(store, query, flags.limit);
	const { format = process.stdout.isTTY ? "table" : "ndjson" } = flags;
	if (format === "table") await printText(tableOf(incidents, await store.count(query), flags.color));
	else {
		const output = streamOutput(standardOutput());
		for (const incident of incidents) await output.write(`${jsonLine(incidentRecord(incident))}\n`);
		await output.close();
	}
}

function tableOf(incidents: readonly Incident[], total: number, color: boolean): string {
	if (incidents.length === 0) return "No such incident.\n";
	const { width, colour } = terminal(color);
	const style = styleFor(colour);
	const table = fittedTable(incidentColumns(style), incidents, width, (text) => style("dim", text));
	const rest = total > incidents.length ? `, ${counted(total - incidents.length, "more", "more")}: --limit` : "";
	return `${table}\n\n${counted(incidents.length, "incident")}${rest}\n`;
}
