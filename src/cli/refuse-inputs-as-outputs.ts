import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { UsageError } from "../bytes/error.ts";
import { refuseInputs } from "../bytes/refuse-inputs.ts";

/**
 * Throws a `UsageError` where an output is a file that is read, directly or in a directory, or where two outputs are the same
 * file: to be called before any of them is opened.
 */
export function refuseInputsAsOutputs(outputs: readonly (string | undefined)[], inputs: readonly string[]): void {
	const files = inputs.flatMap(filesOf);
	const written = outputs.filter((output) => output !== undefined);
	for (const [k, output] of written.entries()) {
		refuseInputs(output, files);
		const other = written.slice(0, k).find((earlier) => earlier === output || isSameFile(earlier, output));
		if (other !== undefined) throw new UsageError(`${output}: two outputs are the same file`);
	}
}

/** `follow:DIRECTORY` reads a directory, `f:PATH` a file. */
function filesOf(input: string): string[] {
	const path = input.replace(/^(follow|f):/, "");
	try {
		if (!statSync(path).isDirectory()) return [path];
		return readdirSync(path).map((name) => join(path, name));
	} catch {
		return [input];
	}
}

function isSameFile(a: string, b: string): boolean {
	try {
		refuseInputs(a, [b]);
		return false;
	} catch {
		return true;
	}
}
