import { Command } from "commander";
import { incidentsExportCommand } from "./incidents-export.ts";
import { incidentsListCommand } from "./incidents-list.ts";
import { incidentsShowCommand } from "./incidents-show.ts";

export function incidentsCommand(): Command {
	return new Command("incidents")
		.description("Incidents of a store: list, show and export them.")
		.addCommand(incidentsListCommand())
		.addCommand(incidentsShowCommand())
		.addCommand(incidentsExportCommand());
}
