import { cpSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { buildProgram } from "../scripts/build-program.ts";

const PACKAGE = fileURLToPath(new URL("../", import.meta.url));
const BUILT = `${import.meta.dirname}/.data/built`;

/** Builds the program as it is published, beside the benchmarks' data. Gives the path of its launcher. */
export async function builtProgram(): Promise<string> {
	rmSync(BUILT, { recursive: true, force: true });
	for (const part of ["bin", "models", "package.json"]) cpSync(PACKAGE + part, `${BUILT}/${part}`, { recursive: true });
	await buildProgram(`${BUILT}/dist/program`);
	return `${BUILT}/bin/decrypto.js`;
}
