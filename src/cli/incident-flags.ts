import type { Command } from "commander";
import { addressList, namedNetworks } from "./option-values.ts";

/** What the command line says of incidents. */
export interface IncidentFlags {
	readonly incidents?: boolean;
	readonly wide?: boolean;
	readonly host?: readonly string[];
	readonly allowlist?: readonly string[];
	readonly notify?: string;
	/** `network`, a file, `node:URL` or `pool:URL`. */
	readonly blockTimes?: readonly string[];
	readonly store?: string;
	/** `HPC=10.3.0.0/16,office=10.4.0.0/16`. */
	readonly networks?: string;
	readonly internal?: string;
}

/** Options of `detect` about incidents (docs/incidents.md). */
export function addIncidentFlags(command: Command): Command {
	return command
		.optionsGroup("Incidents (one per mining host):")
		.option("--incidents", "report incidents: a table on a terminal, a line of JSON for each event into a pipe")
		.option("--host <address,...>", "show everything about these hosts", addressList)
		.option("--allowlist <file>", "where mining is permitted (YAML or JSON); may be given again", collected)
		.option("--notify <file>", "receivers of notifications (YAML or JSON, as receivers: of the configuration)")
		.option(
			"--block-times <clock>",
			"find servers that speak when blocks are found: network, a file of coin,time lines, node:URL, pool:URL; may be given again",
			collected,
		)
		.option("--store <file>", "keep incidents there, and continue those that are there")
		.option(
			"--networks <name=net,...>",
			"names of networks, as HPC=10.3.0.0/16: shown and told with hosts",
			namedNetworks,
		);
}

export function collected(value: string, earlier: readonly string[] = []): readonly string[] {
	return [...earlier, value];
}
