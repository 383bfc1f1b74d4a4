import { Command, Option } from "commander";
import { DEFAULT_OPTIONS } from "../detect/options.ts";
import { FORMATS } from "../output/formats.ts";
import { DETECT_DETAILS } from "./detect-details.ts";
import type { DetectFlags } from "./detect-flags.ts";
import { addMeteringFlags, addThreadsFlag, addTlsFlags } from "./input-flags.ts";
import { networks, positiveInteger, probability, seconds, wholeNumber } from "./option-values.ts";

/** First payload of each direction that the recogniser sees on captures: getwork stands behind HTTP headers. */
const PAYLOAD_BYTES = 512;

export function detectCommand(): Command {
	const command = new Command("detect")
		.description("Finds the miners in captures, live traffic or flow records, and says how it knows.")
		.argument("<input...>", "captures, flow files, directories, -, live:DEVICE, ipfix+udp://HOST")
		.optionsGroup("Deciding:")
		.option("-m, --model <file>", "model file or scikit-learn pickle (default: the one that comes with decrypto)")
		.option(
			"-t, --ml-threshold <p>",
			"probability above which shape alone decides (default: the model's; 0.99 with --compat)",
			probability,
		)
		.option(
			"-d, --dst-threshold <p>",
			"combined probability above which a telling server name and shape decide (default: the model's; 0.03 with --compat)",
			probability,
		)
		.option(
			"-c, --use-dst-cache",
			"let flows without a server name take over what was decided for their conversation with one",
		)
		.option("--cache-size <n>", "conversations that -c remembers", positiveInteger, DEFAULT_OPTIONS.cacheSize)
		.option("--cache-max-age <seconds>", "flow time after which -c forgets", seconds, DEFAULT_OPTIONS.cacheMaxAge / 1e6)
		.option("-f, --filter", "leave out flows to port 443 without a server name")
		.option("--conversations", "report what shape alone finds only if most flows between the two hosts agree")
		.addOption(
			new Option(
				"--compat <arithmetic>",
				"decide bit for bit as the original, built with this Cython; needs -m",
			).choices(["cython0.29", "cython3"]),
		)
		.option(
			"-b, --buffer <flows>",
			"decide in batches of so many flows (default: 100000 with --compat, else as they come)",
			positiveInteger,
		)
		.option("-v, --verify-mode", "compare the verdicts with the flows' labels")
		.option(
			"--internal <nets>",
			"networks that are ours, as 10.0.0.0/8,2001:db8::/32: tells who mines where nothing else does",
			networks,
		);
	command
		.option("--pools <file>", "verified pools (decrypto pools verify): names them, and takes them as weak evidence")
		.option("--pools-decide", "an end on the list of --pools makes a flow a miner");
	return addTlsFlags(addThreadsFlag(addMeteringFlags(command)))
		.option(
			"--payload-bytes <n>",
			"first payload of each direction to look for mining messages in",
			wholeNumber,
			PAYLOAD_BYTES,
		)
		.optionsGroup("Output:")
		.addOption(
			new Option(
				"--format <format>",
				"default: by --output's extension, a table on a terminal, NDJSON into a pipe",
			).choices(FORMATS),
		)
		.option("--output <file>", "write there instead of to standard output: a file, or one of the outputs below")
		.option(
			"--write-pcap <file>",
			"also write the packets of what was found, as pcapng: files are read twice, live it is those still in memory",
		)
		.option("--report <file>", "also write a report for people as one HTML file: hosts, evidence, pictures")
		.option("--all", "report the flows that are no miners, too")
		.option(
			"--early-records",
			"live: records (NEMEA, IPFIX) of miners as soon as they are found, and again at the flow's end",
		)
		.option("--fail-on-miner", "exit with 3 when a miner was found")
		.option("-q, --quiet", "no progress and no warnings")
		.option("--no-color", "no colours")
		.addHelpText("after", DETECT_DETAILS)
		.action(detectAction);
}

/** What judges is loaded after the thread that reads has begun to load, and not at all where one asks for help. */
async function detectAction(names: string[], flags: DetectFlags): Promise<void> {
	await using threads = flags.threads > 1 ? (await import("./detect-threads.ts")).startThreads(flags) : undefined;
	const { runDetect } = await import("./run-detect.ts");
	await runDetect(names, flags, threads);
}
