import { Command } from "commander";
import { UsageError } from "../bytes/error.ts";
import { EXAMPLE_CONFIGURATION } from "../watch/example.ts";

interface WatchFlags {
	readonly check?: boolean;
	readonly example?: boolean;
	readonly schema?: boolean;
	readonly demo?: boolean;
}

const DETAILS = `
Signals:
  SIGHUP             read the configuration again and apply what differs; reopen log files
  SIGTERM, SIGINT    stop in good order; a second one ends the program at once

Exit status: 0 stopped in good order, 1 failed, 2 wrong usage or configuration.

Examples:
  decrypto watch --example > decrypto.yaml    a configuration to begin with
  decrypto watch --check decrypto.yaml        is it valid, and what would run
  decrypto watch decrypto.yaml                watch
  decrypto ctl status                         how is it going

docs/configuration.md describes the file, docs/operations.md the work with it.`;

export function watchCommand(): Command {
	return new Command("watch")
		.description("Watches all configured inputs until stopped: keeps incidents and notifies receivers.")
		.argument("[config]", "configuration file (YAML)")
		.option("--check", "validate the configuration, say what would run, and end")
		.option("--example", "print a commented configuration, and end")
		.option("--demo", "watch the samples, with two hours of generated incidents, in a temporary directory")
		.option("--schema", "print the JSON Schema of the configuration, and end")
		.addHelpText("after", DETAILS)
		.action(watchAction);
}

async function watchAction(file: string | undefined, flags: WatchFlags): Promise<void> {
	if (flags.example) {
		process.stdout.write(EXAMPLE_CONFIGURATION);
		return;
	}
	const { printSchema, check, watch, watchDemo } = await import("./run-watch.ts");
	if (flags.demo) return watchDemo();
	if (flags.schema) return printSchema();
	if (file === undefined)
		throw new UsageError("watch needs a configuration file; decrypto watch --example prints one to begin with");
	if (flags.check) check(file);
	else await watch(file);
}
