import { fstatSync, type Stats, statSync } from "node:fs";
import { UsageError } from "./error.ts";

const STANDARD_INPUT = 0;
const STANDARD_OUTPUT = 1;

/**
 * Throws a `UsageError` if `output` is the same regular file as one of the inputs by device and inode: by another name,
 * through links, as `/dev/stdin`, or by redirection (`-` is standard input and standard output). A path that `stat`
 * cannot read is not refused: opening it reports the error.
 */
export function refuseInputs(output: string, inputs: readonly string[]): void {
	const written = regularFile(output, STANDARD_OUTPUT);
	if (!written) return;
	for (const input of inputs) {
		const read = regularFile(input, STANDARD_INPUT);
		if (read && read.dev === written.dev && read.ino === written.ino) {
			const name = output === "-" ? "standard output" : output;
			throw new UsageError(`${name} is an input: choose another output`, { output, input });
		}
	}
}

function regularFile(path: string, standardStream: number): Stats | undefined {
	try {
		const stats = path === "-" ? fstatSync(standardStream) : statSync(path);
		return stats.isFile() ? stats : undefined;
	} catch {
		return undefined;
	}
}
