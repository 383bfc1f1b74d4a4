import { Command, CommanderError } from "commander";
import { reasonOf, UsageError } from "../bytes/error.ts";
import { programVersion } from "./program-version.ts";
import { tell } from "./tell.ts";

/** The subcommands, each in a file of its own that is read only when it is called: `--help` stays quick. */
const COMMANDS: readonly { name: string; summary: string; load: () => Promise<Command> }[] = [
	{
		name: "detect",
		summary: "find the miners in captures, live traffic or flow records",
		load: async () => (await import("./detect.ts")).detectCommand(),
	},
	{
		name: "watch",
		summary: "run as a daemon: all inputs, incidents, notifications",
		load: async () => (await import("./watch.ts")).watchCommand(),
	},
	{
		name: "ctl",
		summary: "ask the running daemon: status, incidents, allow, reload, test",
		load: async () => (await import("./ctl.ts")).ctlCommand(),
	},
	{
		name: "selftest",
		summary: "replay a made-up miner: does DeCrypto find it on this machine",
		load: async () => (await import("./selftest.ts")).selftestCommand(),
	},
	{
		name: "meter",
		summary: "turn captures or live traffic into flow records",
		load: async () => (await import("./meter.ts")).meterCommand(),
	},
	{
		name: "pools",
		summary: "lists of mining pools: verify them, make rules of them",
		load: async () => (await import("./pools.ts")).poolsCommand(),
	},
	{
		name: "evaluate",
		summary: "measure models on labelled flows: curves, thresholds, a report page",
		load: async () => (await import("./evaluate.ts")).evaluateCommand(),
	},
	{
		name: "train",
		summary: "train a model on labelled flows",
		load: async () => (await import("./train.ts")).trainCommand(),
	},
	{
		name: "model",
		summary: "show what a model is made of, or turn a scikit-learn pickle into a model file",
		load: async () => (await import("./model.ts")).modelCommand(),
	},
	{
		name: "incidents",
		summary: "list, show and export the incidents of a store",
		load: async () => (await import("./incidents.ts")).incidentsCommand(),
	},
	{
		name: "allowlist",
		summary: "check allowlists, test them on incidents of the past",
		load: async () => (await import("./allowlist.ts")).allowlistCommand(),
	},
	{
		name: "sense",
		summary: "a sensor: publish the flows of any input on a message bus",
		load: async () => (await import("./sense.ts")).senseCommand(),
	},
	{
		name: "work",
		summary: "a worker: decide the flows of a message bus",
		load: async () => (await import("./work.ts")).workCommand(),
	},
	{
		name: "bus",
		summary: "set up the message bus, look at it, follow its incidents",
		load: async () => (await import("./bus.ts")).busCommand(),
	},
	{
		name: "aggregate",
		summary: "NEMEA module: join the miner flows of one conversation into alerts",
		load: async () => (await import("./aggregate.ts")).aggregateCommand(),
	},
	{
		name: "report-idea",
		summary: "NEMEA module: write the aggregator's alerts as IDEA0 events",
		load: async () => (await import("./report-idea.ts")).reportIdeaCommand(),
	},
];

const EXAMPLES = `
Examples:
  decrypto detect capture.pcap                who mines in this capture
  tcpdump -w - | decrypto detect -            the same, live
  decrypto detect flows.csv -v                labelled flows: how good are the verdicts
  decrypto meter capture.pcap --output -      the capture's flows as CSV

decrypto COMMAND --help says more about each command.`;

// Whoever reads our output may have seen enough (`| head`).
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
	if (error.code === "EPIPE") process.exit();
	tell(`standard output: ${reasonOf(error)}`);
	process.exit(1);
});

await run(process.argv.slice(2));

async function run(args: string[]): Promise<void> {
	const program = new Command("decrypto")
		.description("Finds cryptominers in network traffic, and says how it knows.")
		.version(programVersion(), "-V, --version", "print the version")
		.helpOption("-h, --help", "print this help")
		.addHelpText("after", EXAMPLES)
		.exitOverride()
		.configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, "decrypto: ")) });
	try {
		const called = args.filter((arg) => !arg.startsWith("-")).find((arg) => arg !== "help");
		for (const { name, summary, load } of COMMANDS)
			program.addCommand(name === called ? inherit(program, await load()) : new Command(name).description(summary));
		await program.parseAsync(args, { from: "user" });
	} catch (error) {
		if (error instanceof CommanderError) {
			process.exitCode = error.exitCode === 0 ? 0 : 2;
			if (error.code === "commander.help") process.exitCode = 2;
			return;
		}
		tell(reasonOf(error));
		process.exitCode = error instanceof UsageError ? 2 : 1;
	}
}

/** Settings that a command added with `addCommand` does not take from its parent by itself. */
function inherit(program: Command, command: Command): Command {
	command.copyInheritedSettings(program).helpOption("-h, --help", "print this help");
	for (const sub of command.commands) inherit(command, sub);
	return command;
}
