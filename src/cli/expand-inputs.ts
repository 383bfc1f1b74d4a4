import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** An input as named on the command line, or a file found in a directory named there. */
export interface NamedInput {
	readonly name: string;
	/** Found in a directory: where it is of no kind that can be read, that is no error. */
	readonly found: boolean;
}

const SCHEME = /^[a-z+]{1,12}:/i;

/** Directories become their files, in the order of their names with numbers by value (`trace.pcap2` before `trace.pcap10`). */
export function expandInputs(names: readonly string[]): NamedInput[] {
	return names.flatMap((name): NamedInput[] => {
		if (name === "-" || SCHEME.test(name) || !isDirectory(name)) return [{ name, found: false }];
		return filesOf(name).map((file) => ({ name: join(name, file), found: true }));
	});
}

function filesOf(directory: string): string[] {
	return readdirSync(directory, { withFileTypes: true })
		.filter((entry) => !entry.name.startsWith(".") && !entry.isDirectory())
		.map((entry) => entry.name)
		.sort(BY_NUMBER);
}

const BY_NUMBER = new Intl.Collator("en", { numeric: true }).compare;

function isDirectory(path: string): boolean {
	return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
