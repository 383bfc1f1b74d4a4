import { hostname } from "node:os";
import { Command } from "commander";
import { UsageError } from "../bytes/error.ts";
import { MutedLog } from "../bytes/muted-log.ts";
import { openInterfaceInput, parseSpecifier } from "../nemea/index.ts";
import type { IdeaReport } from "../notify/aggregator/idea-report.ts";
import { runReport } from "../notify/aggregator/run-report.ts";
import { writeSpoolFile } from "../notify/transports/spool.ts";
import { fileOutput, streamOutput, type TextOutput } from "../report/text-output.ts";
import { socketDirectory } from "./input-flags.ts";
import { programVersion } from "./program-version.ts";
import { ShutdownSignal } from "./shutdown-signal.ts";
import { tell } from "./tell.ts";

interface Options {
	readonly i: string;
	readonly spool?: string;
	readonly output?: string;
	readonly node: string;
}

const DETAILS = `
Example:
  decrypto report-idea -i u:alerts --spool /var/spool/warden_sender --node cz.example.decrypto`;

export function reportIdeaCommand(): Command {
	return new Command("report-idea")
		.description("Writes the alerts of an aggregator as IDEA0 events, for a Warden server.")
		.requiredOption("-i <ifc>", "TRAP interface or .trapcap file with the aggregator's alerts")
		.option("--spool <directory>", "directory of a Warden filer: one file per event, by way of tmp/ into incoming/")
		.option("--output <file>", "one event per line; - is standard output")
		.option("--node <name>", "the name of this detector in the events", hostname())
		.addHelpText("after", DETAILS)
		.action(reportAction);
}

async function reportAction({ i, spool, output, node }: Options): Promise<void> {
	if ((spool === undefined) === (output === undefined)) throw new UsageError("give either --spool or --output");
	const [source] = parseSpecifier(i, 1, 0);
	const log = new MutedLog((line) => tell(line));
	const input = openInterfaceInput(source!, { ...socketDirectory(), warn: (topic, line) => log.warn(topic, line) });
	using end = new ShutdownSignal();
	end.watch(input);
	const sender = { sensor: node, version: programVersion(), now: Date.now };
	if (spool !== undefined) await runReport(input, sender, ({ id, text }) => writeSpoolFile(spool, `${id}.idea`, text));
	else await reportLines(output!, (write) => runReport(input, sender, write));
	for (const [reason, times] of input.counters.malformed) log.warn(reason, `skipped ${times}: ${reason}`);
	for (const warning of input.counters.warnings) log.warn("damaged", warning);
	log.flush();
	if (input.counters.warnings.length > 0) process.exitCode = 1;
}

/** Every event is handed on at once: alerts are few, and somebody waits for them. */
async function reportLines(
	name: string,
	report: (write: (report: IdeaReport) => Promise<void>) => Promise<unknown>,
): Promise<void> {
	const lines: TextOutput = name === "-" ? streamOutput(process.stdout) : fileOutput(name);
	try {
		await report(async ({ text }) => {
			await lines.write(`${text}\n`);
			await lines.flush();
		});
	} finally {
		await lines.close();
	}
}
