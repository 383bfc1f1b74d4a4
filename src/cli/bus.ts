import { Command } from "commander";
import { busIncidentsCommand } from "./bus-incidents.ts";
import { busSetupCommand } from "./bus-setup.ts";
import { busStatusCommand } from "./bus-status.ts";

export function busCommand(): Command {
	return new Command("bus")
		.description("The message bus between sensors, workers and the watch: NATS JetStream.")
		.addCommand(busSetupCommand())
		.addCommand(busStatusCommand())
		.addCommand(busIncidentsCommand());
}
