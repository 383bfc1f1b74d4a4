import { Command } from "commander";
import { TRACKER_DEFAULTS } from "../incident/tracker-options.ts";
import { addBusFlag } from "./bus-flags.ts";
import type { BusIncidentsFlags } from "./bus-incidents-flags.ts";
import { seconds } from "./option-values.ts";

const DETAILS = `
Standard output gets one JSON object per event of an incident (opened, escalated, closed …), once it is stored.
The state is a store of incidents (docs/incidents.md): a command that was killed goes on where it was.`;

export function busIncidentsCommand(): Command {
	return addBusFlag(new Command("incidents"))
		.description("Follows the sightings on the bus and makes incidents of them.")
		.requiredOption("--state <file>", "where incidents are kept")
		.option(
			"--lateness <s>",
			"flow time by which sightings may come late and still take their place: longer than sensors may spool",
			seconds,
			TRACKER_DEFAULTS.lateness / 1e6,
		)
		.option("--once", "take in what is there now, print the events and end")
		.addHelpText("after", DETAILS)
		.action(async (flags: BusIncidentsFlags) => (await import("./run-bus-incidents.ts")).runBusIncidents(flags));
}
