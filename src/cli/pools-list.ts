import { Command, Option } from "commander";
import { printText } from "../bytes/standard-output.ts";
import { BUILT_IN_DATE } from "../pool/built-in-pools.ts";
import type { PoolEndpoint } from "../pool/pool-endpoint.ts";
import { poolListCsv } from "../pool/pool-list-csv.ts";
import { counted } from "../report/quantities.ts";
import { readPoolLists } from "./read-pool-lists.ts";
import { tell } from "./tell.ts";

interface Options {
	format: "csv" | "lines" | "json";
}

export function poolsListCommand(): Command {
	return new Command("list")
		.description("Prints lists of pools in one form; contacts nobody.")
		.argument("[list...]", "lists; - is standard input, builtin the list that comes along", ["builtin"])
		.addOption(new Option("--format <format>", "form").choices(["csv", "lines", "json"]).default("csv"))
		.addHelpText("after", `\nThe built-in list is of ${BUILT_IN_DATE}. Pools move: verify it before you use it.`)
		.action(listAction);
}

async function listAction(names: string[], { format }: Options): Promise<void> {
	const { endpoints, rejected } = readPoolLists(names, undefined, (line) => tell(line));
	const writers = {
		csv: poolListCsv,
		lines: linesOf,
		json: (list: readonly PoolEndpoint[]) => `${JSON.stringify(list, null, "\t")}\n`,
	};
	await printText(writers[format](endpoints));
	if (rejected > 0) tell(`${counted(rejected, "line")} could not be used`);
}

function linesOf(endpoints: readonly PoolEndpoint[]): string {
	return endpoints.map(({ host, port }) => `${host.includes(":") ? `[${host}]` : host}:${port}\n`).join("");
}
