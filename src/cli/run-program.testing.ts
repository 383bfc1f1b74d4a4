import { type SpawnOptions, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

export interface Ended {
	readonly status: number | null;
	readonly stdout: string;
	readonly stderr: string;
}

export const program = fileURLToPath(new URL("../../bin/decrypto.js", import.meta.url));
export const samples = fileURLToPath(new URL("../../samples", import.meta.url));

/** Starts `decrypto`. */
export function startProgram(args: readonly string[], options: SpawnOptions = {}) {
	const env = { ...process.env, NO_COLOR: "1" };
	return spawn(process.execPath, [program, ...args], { env, stdio: ["ignore", "pipe", "pipe"], ...options });
}

/** Runs `decrypto` to its end. */
export async function runProgram(...args: readonly string[]): Promise<Ended> {
	return ended(startProgram(args));
}

export function ended(child: ReturnType<typeof startProgram>): Promise<Ended> {
	const texts = { stdout: "", stderr: "" };
	for (const name of ["stdout", "stderr"] as const)
		child[name]?.setEncoding("utf8").on("data", (text) => {
			texts[name] += text;
		});
	return new Promise((resolve) => child.on("close", (status) => resolve({ status, ...texts })));
}
