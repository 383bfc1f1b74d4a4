import { CommanderError } from "commander";
import { reasonOf, UsageError } from "../bytes/error.ts";
import { MutedLog } from "../bytes/muted-log.ts";
import { DEFAULT_MODEL } from "../forest/default-model.ts";
import { runModule } from "./miner-module.ts";
import { parseModuleOptions } from "./minerdetector-options.ts";
import { tell } from "./tell.ts";

/** The program `minerdetector`: the original's command line, in front of {@link runModule}. */
// Flows go on to be judged, whoever has stopped reading what is printed.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
	if (error.code !== "EPIPE") throw error;
});

const log = new MutedLog((line) => tell(line, "minerdetector"));
try {
	const options = parseModuleOptions(process.argv.slice(2), process.env.TRAP_SOCKET_DIR);
	process.exitCode = (await runModule(options, DEFAULT_MODEL, log, (text) => process.stdout.write(text))) ? 0 : 1;
} catch (error) {
	if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
	else {
		tell(reasonOf(error), "minerdetector");
		process.exitCode = error instanceof UsageError ? 2 : 1;
	}
}
log.flush();
