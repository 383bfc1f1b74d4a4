import { cpSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { buildProgram } from "./build-program.ts";

const CHECKOUT = fileURLToPath(new URL("../", import.meta.url));

/**
 * Writes the published files to a folder within the checkout, where dependencies are found, and replaces its content.
 */
export async function buildPackage(folder: string): Promise<void> {
	rmSync(folder, { recursive: true, force: true });
	for (const part of ["bin", "models", "package.json"]) {
		cpSync(CHECKOUT + part, `${folder}/${part}`, { recursive: true });
	}
	await buildProgram(`${folder}/dist/program`);
}
