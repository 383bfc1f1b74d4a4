import { existsSync } from "node:fs";
import { basename } from "node:path";
import { Command } from "commander";
import { DeCryptoError } from "../bytes/error.ts";
import { replaceFile } from "../bytes/output-file.ts";
import { poolListCsv } from "../pool/pool-list-csv.ts";
import { updatePoolList } from "../pool/update-pool-list.ts";
import { counted, grouped } from "../report/quantities.ts";
import { readPoolLists } from "./read-pool-lists.ts";
import { tell } from "./tell.ts";

interface Options {
	removeAbsent?: boolean;
}

export function poolsUpdateCommand(): Command {
	return new Command("update")
		.description("Merges lists that others maintain into a list of your own; contacts nobody.")
		.argument("<file>", "your list; it is made where it does not exist, and written as CSV")
		.argument("<list...>", "lists to merge; - is standard input, builtin the list that comes along")
		.option("--remove-absent", "remove entries that came from one of these lists and are in none of them any more")
		.action(updateAction);
}

function updateAction(file: string, names: string[], { removeAbsent = false }: Options): void {
	const known = existsSync(file) ? readPoolLists([file], undefined, tell) : { endpoints: [], rejected: 0 };
	// It is written anew: what cannot be read of it would be lost.
	if (known.rejected > 0) {
		const lines = counted(known.rejected, "line");
		throw new DeCryptoError("pool-list", `${file}: ${lines} could not be used; correct or remove them first`);
	}
	const lists = names.map((name) => ({
		name: basename(name),
		endpoints: readPoolLists([name], undefined, tell).endpoints,
	}));
	const updated = updatePoolList(known.endpoints, lists, { removesAbsent: removeAbsent });
	replaceFile(file, poolListCsv(updated.endpoints));
	const absent = removeAbsent ? "removed" : "no longer listed and kept (--remove-absent removes them)";
	tell(
		[
			`${counted(updated.endpoints.length, "entry", "entries")} in ${file}: ${grouped(updated.added)} added`,
			...(updated.absent > 0 ? [`${grouped(updated.absent)} ${absent}`] : []),
		].join(", "),
	);
}
