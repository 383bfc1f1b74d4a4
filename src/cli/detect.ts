import { Command, Option } from "commander";
import { DETECT_SETTINGS } from "../detect/options-schema.ts";
import { FORMATS } from "../output/formats.ts";
import { DETECT_DETAILS } from "./detect-details.ts";
import type { DetectFlags } from "./detect-flags.ts";
import { settingOption } from "./detect-setting.ts";
import { addIncidentFlags, collected } from "./incident-flags.ts";
import { addCollectingFlags, addMeteringFlags, addThreadsFlag } from "./input-flags.ts";
import { networks, positiveInteger, wholeNumber } from "./option-values.ts";

/** First payload of each direction that the recogniser sees on captures: getwork stands behind HTTP headers. */
const PAYLOAD_BYTES = 512;

export function detectCommand(): Command {
	const command = new Command("detect")
		.description("Finds the miners in captures, live traffic or flow records, and says how it knows.")
		.argument("<input...>", "captures, flow files, directories, -, live:DEVICE, ipfix+udp://HOST")
		.optionsGroup("Deciding:")
		.option("-m, --model <file>", "model file or scikit-learn pickle (default: the one that comes with decrypto)")
		.addOption(settingOption(DETECT_SETTINGS.mlThreshold))
		.addOption(settingOption(DETECT_SETTINGS.dstThreshold))
		.addOption(settingOption(DETECT_SETTINGS.useDstCache))
		.addOption(settingOption(DETECT_SETTINGS.cacheSize))
		.addOption(settingOption(DETECT_SETTINGS.cacheMaxAge))
		.addOption(settingOption(DETECT_SETTINGS.filter))
		.addOption(settingOption(DETECT_SETTINGS.conversations))
		.addOption(settingOption(DETECT_SETTINGS.compat))
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
		.option(
			"--pools <list>",
			"pools, as decrypto pools verify writes them, or builtin: names them, and takes them as weak evidence; may be given again",
			collected,
		)
		.addOption(settingOption(DETECT_SETTINGS.poolsDecide));
	return addIncidentFlags(
		addCollectingFlags(addThreadsFlag(addMeteringFlags(command))).option(
			"--payload-bytes <n>",
			"first payload of each direction to look for mining messages in",
			wholeNumber,
			PAYLOAD_BYTES,
		),
	)
		.optionsGroup("Output:")
		.addOption(
			new Option(
				"--format <format>",
				"default: by --output's extension, a table on a terminal, NDJSON into a pipe",
			).choices(FORMATS),
		)
		.option("--wide", "the table has a row for each conversation instead of one for each host")
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
