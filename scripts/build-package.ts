import { cpSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { buildProgram } from "./build-program.ts";

const CHECKOUT = fileURLToPath(new URL("../", import.meta.url));

/** Lays out what is published in a folder within the checkout, where the dependencies are found, replacing what was there. */
export async function buildPackage(folder: string): Promise<void> {
	rmSync(folder, { recursive: true, force: true });
	for (const part of ["bin", "models", "package.json"]) {
		cpSync(CHECKOUT + part, `${folder}/${part}`, { recursive: true });
	}
	await buildProgram(`${folder}/dist/program`);
}
