import { hostname } from "node:os";
import { Command, Option } from "commander";
import { UsageError } from "../bytes/error.ts";
import { refuseInputs } from "../bytes/refuse-inputs.ts";
import { standardOutput } from "../bytes/standard-output.ts";
import { fileOutput, streamOutput, type TextOutput } from "../report/text-output.ts";
import type { ExportFormat } from "../server/api-types.ts";
import { scanIncidents } from "../server/incident-scan.ts";
import { EXPORT_FORMATS } from "../server/schemas/incident.ts";
import { type Exporter, exporterOf } from "../server/views/incident-export.ts";
import type { IncidentQuery } from "../store/incident-query.ts";
import type { IncidentStore } from "../store/incident-store.ts";
import { addFilterFlags, type FilterFlags, queryOf } from "./incident-filter-flags.ts";
import { openStoreToRead } from "./open-store.ts";
import { programVersion } from "./program-version.ts";

interface ExportFlags extends FilterFlags {
	readonly store: string;
	readonly format: ExportFormat;
	readonly output: string;
}

export function incidentsExportCommand(): Command {
	const command = new Command("export")
		.description("Writes incidents, each as it is now, in the forms that the web UI exports.")
		.requiredOption("--store <file>", "the store");
	return addFilterFlags(command)
		.optionsGroup("Output:")
		.addOption(new Option("--format <format>", "form").choices(EXPORT_FORMATS).default("json"))
		.option("--output <file>", "where to; - is standard output", "-")
		.action(exportAction);
}

async function exportAction(flags: ExportFlags): Promise<void> {
	refuseInputs(flags.output, [flags.store]);
	await using store = await openStoreToRead(flags.store);
	const exporter = exporterOf(flags.format, { sensor: hostname(), version: programVersion(), now: Date.now });
	const output = flags.output === "-" ? streamOutput(standardOutput()) : fileOutput(flags.output);
	try {
		await write(output, exporter, store, queryOf(flags));
		await output.close();
	} catch (error) {
		await output.abandon();
		throw error;
	}
}

async function write(
	output: TextOutput,
	exporter: Exporter,
	store: IncidentStore,
	query: IncidentQuery,
): Promise<void> {
	const count = await store.count(query);
	if (count > exporter.most)
		throw new UsageError(
			`${count} incidents are too many for one body (${exporter.most}): use filters or another format`,
		);
	await output.write(exporter.begin);
	let isFirst = true;
	for await (const incidents of scanIncidents(store, query)) {
		await output.write(exporter.encode(incidents, isFirst));
		isFirst = false;
	}
	await output.write(exporter.end);
}
