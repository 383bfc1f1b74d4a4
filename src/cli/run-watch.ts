import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Log } from "../bytes/log.ts";
import { checkText } from "../watch/check-text.ts";
import { readConfiguration } from "../watch/configuration.ts";
import { configurationJsonSchema } from "../watch/configuration-schema.ts";
import { prepareDemo } from "../watch/demo/prepare-demo.ts";
import { planDaemon } from "../watch/plan.ts";
import { runDaemon } from "../watch/run-daemon.ts";
import { ShutdownSignal } from "./shutdown-signal.ts";
import { surroundingsHere } from "./surroundings.ts";

export function printSchema(): void {
	process.stdout.write(`${JSON.stringify(configurationJsonSchema(), null, "\t")}\n`);
}

/** Throws what is wrong with the file. */
export function check(file: string): void {
	process.stdout.write(checkText(planDaemon(readConfiguration(file), surroundingsHere())));
}

/** Watches until a signal. */
export async function watch(file: string): Promise<void> {
	const surroundings = surroundingsHere();
	outliveTheTerminal();
	const plan = planDaemon(readConfiguration(resolve(file)), surroundings);
	const journal = surroundings.environment.JOURNAL_STREAM !== undefined;
	const log = new Log((line) => process.stderr.write(`${line}\n`), { ...plan.configuration.log, journal });
	using shutdown = new ShutdownSignal();
	const { signal: stop } = shutdown;
	await runDaemon(plan, { surroundings, log }, { stop, onHangup: (reload) => process.on("SIGHUP", reload) });
}

/** Shows the web UI to somebody who has no traffic at hand. Everything is in a temporary directory, removed at the end. */
export async function watchDemo(): Promise<void> {
	const folder = mkdtempSync(join(tmpdir(), "decrypto-demo-"));
	const samples = fileURLToPath(new URL("../../samples", import.meta.url));
	try {
		await watch(await prepareDemo(folder, existsSync(samples) ? samples : undefined, Date.now()));
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

/** Neither a hangup nor a terminal or pipe that is gone ends the daemon. */
function outliveTheTerminal(): void {
	process.on("SIGHUP", () => {});
	process.stdout.removeAllListeners("error");
	for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
}
