import { type Command, InvalidArgumentError, Option } from "commander";
import { CONFIDENCES, type Confidence, type IncidentSignal } from "../incident/incident.ts";
import { SIGNAL_WORDS } from "../report/incident-columns.ts";
import { type IncidentFilter, type IncidentQuery, SORT_KEYS, type SortKey } from "../store/incident-query.ts";
import { collected } from "./incident-flags.ts";
import { moment } from "./option-values.ts";

/** Which incidents, as the command line says it: several values of one option are alternatives. */
export interface FilterFlags {
	readonly state?: "open" | "closed";
	readonly confidence?: readonly Confidence[];
	readonly network?: readonly string[];
	readonly host?: readonly string[];
	readonly pool?: readonly string[];
	readonly coin?: readonly string[];
	readonly signal?: readonly IncidentSignal[];
	readonly allowlisted?: "yes" | "no";
	readonly since?: number;
	readonly until?: number;
	readonly text?: string;
	readonly sort: SortKey;
	readonly ascending?: boolean;
}

export function addFilterFlags(command: Command): Command {
	const several = (flags: string, description: string, choices?: readonly string[]): Option => {
		const option = new Option(flags, `${description}; may be given again`);

		return choices ? option.argParser(chosen(choices)) : option.argParser(collected);
	};
	return command
		.optionsGroup("Which incidents:")
		.addOption(new Option("--state <state>", "open or closed").choices(["open", "closed"]))
		.addOption(several("--confidence <word>", "how certain", CONFIDENCES))
		.addOption(several("--network <name>", "the name of the host's network"))
		.addOption(several("--host <address>", "the mining host"))
		.addOption(several("--pool <key>", "a server name, or address:port"))
		.addOption(several("--coin <name>", "a coin"))
		.addOption(several("--signal <name>", "a signal that spoke", Object.keys(SIGNAL_WORDS)))
		.addOption(new Option("--allowlisted <answer>", "allowed or not").choices(["yes", "no"]))
		.option("--since <time>", "seen since then: 2026-03-01, 2026-03-01T12:00:00Z, or an age such as 7d", moment)
		.option("--until <time>", "opened before then", moment)
		.option("--text <words>", "words in host, network, pools, coins, protocols, software, inputs")
		.addOption(new Option("--sort <key>", "order, the highest first").choices(SORT_KEYS).default("lastSeen"))
		.option("--ascending", "the lowest first");
}

export function queryOf(flags: FilterFlags): IncidentQuery {
	const { allowlisted, sort, ascending, state, confidence, network, host, pool, coin, signal, since, until, text } =
		flags;
	const filter = { state, confidence, network, host, pool, coin, signal, since, until, text };
	return {
		...(Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined)) as IncidentFilter),
		...(allowlisted && { allowlisted: allowlisted === "yes" }),
		sort,
		...(ascending && { ascending }),
	};
}

function chosen(choices: readonly string[]) {
	return (value: string, earlier: readonly string[] = []): readonly string[] => {
		if (!choices.includes(value)) throw new InvalidArgumentError(`Allowed choices are ${choices.join(", ")}.`);
		return [...earlier, value];
	};
}
