import { fileURLToPath, pathToFileURL } from "node:url";
import { type Plugin, rolldown } from "rolldown";
import { BUILD_OPTIONS } from "./build-program.ts";

/**
 * Builds a script that runs parts of the program, such as a benchmark, into one module, in the same way as the program.
 */
export async function buildScript(script: string, into: string): Promise<void> {
	const bundle = await rolldown({ ...BUILD_OPTIONS, input: script, plugins: [ADDRESSES_OF_SOURCES] });
	await bundle.write({ file: into });
	await bundle.close();
}

/** Modules that are located relative to their own address stay in place. */
const ADDRESSES_OF_SOURCES: Plugin = {
	name: "addresses-of-sources",
	transform: (code, path) =>
		code
			.replaceAll("import.meta.url", JSON.stringify(pathToFileURL(path).href))
			.replaceAll("import.meta.dirname", JSON.stringify(fileURLToPath(new URL(".", pathToFileURL(path))))),
};
