import { Command } from "commander";
import { addBusFlag, defaultNodeName, nodeName } from "./bus-flags.ts";
import { collected } from "./incident-flags.ts";
import { networks, probability, seconds } from "./option-values.ts";
import type { WorkFlags } from "./work-flags.ts";

export function workCommand(): Command {
	return addBusFlag(new Command("work"))
		.description("A worker: decides the flows of its share of the partitions of a bus, and publishes sightings.")
		.option(
			"--name <name>",
			"the worker's name; every running worker has its own (default: machine and process)",
			nodeName,
		)
		.option("-m, --model <file>", "model file or scikit-learn pickle (default: the one that comes with decrypto)")
		.option("-t, --ml-threshold <p>", "probability above which shape alone decides (default: the model's)", probability)
		.option(
			"-d, --dst-threshold <p>",
			"combined probability above which a telling server name and shape decide (default: the model's)",
			probability,
		)
		.option("-c, --use-dst-cache", "let flows without a server name take over what was decided for their conversation")
		.option("--conversations", "report what shape alone finds only if most flows between the two hosts agree")
		.option("--internal <nets>", "networks that are ours, as 10.0.0.0/8,2001:db8::/32: tells who mines", networks)
		.option(
			"--pools <list>",
			"pools, as decrypto pools verify writes them, or builtin: names them, and takes them as weak evidence; may be given again",
			collected,
		)
		.option("--pools-decide", "an end on the list of --pools makes a flow a miner")
		.option("--snapshot-every <s>", "store the memory of a partition this often", seconds, 60)
		.option("-q, --quiet", "no warnings")
		.action(async (flags: WorkFlags) => {
			const { runWork } = await import("./run-work.ts");
			await runWork({ ...flags, name: flags.name ?? defaultNodeName() });
		});
}
