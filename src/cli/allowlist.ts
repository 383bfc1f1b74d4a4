import { Command } from "commander";
import { reasonOf, UsageError } from "../bytes/error.ts";
import { printText } from "../bytes/standard-output.ts";
import { Allowlist } from "../incident/allowlist.ts";
import type { Incident } from "../incident/incident.ts";
import { fittedTable } from "../report/fitted-table.ts";
import { incidentColumns } from "../report/incident-columns.ts";
import { counted } from "../report/quantities.ts";
import { styleFor } from "../report/style.ts";
import { printable } from "../report/text-table.ts";
import { readAllowlists } from "./allowlist-files.ts";
import { incidentsOf, openStoreToRead } from "./open-store.ts";
import { positiveInteger } from "./option-values.ts";
import { tell } from "./tell.ts";
import { terminal } from "./terminal-colours.ts";

interface TestFlags {
	readonly store: string;
	readonly days: number;
}

export function allowlistCommand(): Command {
	return new Command("allowlist")
		.description("Allowlists: where mining is permitted. Checks them, and tests them on incidents of the past.")
		.addCommand(
			new Command("check")
				.description("Tells whether files are allowlists, and which entries have expired.")
				.argument("<file...>", "allowlists (YAML or JSON)")
				.action(checkAction),
		)
		.addCommand(
			new Command("test")
				.description("Shows which incidents of the last days each entry would have covered.")
				.argument("<file...>", "allowlists (YAML or JSON)")
				.requiredOption("--store <file>", "the store with the incidents")
				.option("--days <n>", "days before the newest incident that are looked at", positiveInteger, 30)
				.action(testAction),
		);
}

/** Every file is read, whatever is wrong with others. */
async function checkAction(names: string[]): Promise<void> {
	let isRefused = false;
	for (const name of names) {
		try {
			const { entries } = readAllowlists([name]);
			const expired = new Allowlist(entries, Date.now()).entries.filter(({ expires }) => expires < Date.now() * 1000);
			const late = expired.map(({ entry }) => `  expired: ${printable(entry.reason)} (${printable(entry.owner)})\n`);
			await printText(`${printable(name)}: ${counted(entries.length, "entry", "entries")}, sound\n${late.join("")}`);
		} catch (error) {
			if (!(error instanceof UsageError)) throw error;
			tell(reasonOf(error));
			isRefused = true;
		}
	}
	if (isRefused) process.exitCode = 2;
}

async function testAction(names: string[], { store: path, days }: TestFlags): Promise<void> {
	const { entries } = readAllowlists(names);
	const allowlist = new Allowlist(entries, Date.now());
	await using store = await openStoreToRead(path);
	// Stores of captures of the past have a "now" of their own.
	const newest = (await store.find({ sort: "lastSeen", limit: 1 })).incidents[0]?.lastSeen ?? 0;
	const incidents = new Map<string, Incident>();
	for await (const incident of incidentsOf(store, { since: newest - days * 86_400e6 }))
		incidents.set(incident.id, incident);
	const covered = allowlist.test(incidents.values());
	for (const { id, entry } of allowlist.entries) {
		const found = covered.get(id)!.map((each) => incidents.get(each)!);
		await printText(`${printable(entry.reason)} (${printable(entry.owner)}): ${counted(found.length, "incident")}\n`);
		if (found.length > 0) await printText(`${tableOf(found)}\n\n`);
	}
	const all = new Set([...covered.values()].flat());
	await printText(`${all.size} of ${counted(incidents.size, "incident")} would have been covered.\n`);
}

function tableOf(incidents: readonly Incident[]): string {
	const { width, colour } = terminal(true);
	const style = styleFor(colour);
	return fittedTable(incidentColumns(style), incidents, width, (text) => style("dim", text));
}
