import { fileURLToPath } from "node:url";
import { Command, Option } from "commander";
import { UsageError } from "../bytes/error.ts";
import { bufferFlows, DEFAULT_BUFFER_BYTES, DEFAULT_BUFFER_FLOWS } from "../detect/buffer.ts";
import { createDetector, createDetectState } from "../detect/detector.ts";
import { DEFAULT_CONVERSATIONS, DEFAULT_OPTIONS, type DetectOptions } from "../detect/options.ts";
import { openModel } from "../forest/open-model.ts";
import { counted } from "../report/quantities.ts";
import { exitStatus, runDetection } from "./detection-run.ts";
import { FoundPacketsFile } from "./found-packets-file.ts";
import { InputList } from "./input-list.ts";
import { openInput } from "./open-input.ts";
import { FORMATS, type Format, openSink } from "./open-sink.ts";
import { type NetworkTest, networks, positiveInteger, probability, seconds } from "./option-values.ts";
import { Progress } from "./progress.ts";

interface Options {
	model?: string;
	buffer?: number;
	useDstCache?: boolean;
	filter?: boolean;
	dstThreshold?: number;
	mlThreshold?: number;
	verifyMode?: boolean;
	compat?: "cython0.29" | "cython3";
	cacheSize: number;
	cacheMaxAge: number;
	conversations?: boolean;
	internal?: NetworkTest;
	format?: Format;
	all?: boolean;
	output?: string;
	failOnMiner?: boolean;
	quiet?: boolean;
	color: boolean;
	activeTimeout: number;
	inactiveTimeout: number;
	decapsulate?: boolean;
	bpf?: string;
	writePcap?: string;
}

const DEFAULT_MODEL = fileURLToPath(new URL("../../models/default.model", import.meta.url));

/** A buffer must not make an alert late: how long it waits for more flows, and how old it may become, in ms. */
const PATIENCE = { quietAfter: 1000, oldAfter: 5000 };

const DETAILS = `
Inputs, told by their content (gzip and zstd are unpacked):
  FILE          a capture (pcap, pcapng) or a flow file (trapcap, logger CSV, CESNET-MINER22)
  DIRECTORY     all of its files that can be read, in the order of rotation
  -             standard input: tcpdump -w - | decrypto detect -
  live:DEVICE   an interface, through tcpdump or dumpcap

Exit status: 0 done, 1 something failed, 2 wrong usage, 3 a miner was found (with --fail-on-miner).`;

export function detectCommand(): Command {
	return new Command("detect")
		.description("Finds the miners in captures, live traffic or flow records, and says how it knows.")
		.argument("<input...>", "captures, flow files, directories, - or live:DEVICE")
		.optionsGroup("Deciding:")
		.option("-m, --model <file>", "model file or scikit-learn pickle (default: the one that comes with decrypto)")
		.option("-t, --ml-threshold <p>", "probability above which shape alone decides (default: the model's)", probability)
		.option(
			"-d, --dst-threshold <p>",
			"combined probability above which a telling server name and shape decide (default: the model's)",
			probability,
		)
		.option(
			"-c, --use-dst-cache",
			"let flows without a server name take over what was decided for their conversation with one",
		)
		.option("--cache-size <n>", "conversations that -c remembers", positiveInteger, DEFAULT_OPTIONS.cacheSize)
		.option("--cache-max-age <seconds>", "flow time after which -c forgets", seconds, DEFAULT_OPTIONS.cacheMaxAge / 1e6)
		.option("-f, --filter", "leave out flows to port 443 without a server name")
		.option("--conversations", "combine what the flows of a conversation say over time")
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
		)
		.optionsGroup("Metering:")
		.option("--active-timeout <seconds>", "export flows that go on after so long", seconds, 300)
		.option("--inactive-timeout <seconds>", "export flows that were silent for so long", seconds, 65)
		.option("--decapsulate", "open IP in IP, 6in4, GRE, ERSPAN, VXLAN, GTP-U and Teredo: flows are those inside")
		.option("--bpf <expression>", "look only at packets that match, as tcpdump has it (needs tcpdump)")
		.optionsGroup("Output:")
		.addOption(
			new Option(
				"--format <format>",
				"default: by --output's extension, a table on a terminal, NDJSON into a pipe",
			).choices(FORMATS),
		)
		.option("--output <file>", "write there instead of to standard output")
		.option(
			"--write-pcap <file>",
			"also write the packets of what was found, as pcapng (captures only: they are read twice)",
		)
		.option("--all", "report the flows that are no miners, too")
		.option("--fail-on-miner", "exit with 3 when a miner was found")
		.option("-q, --quiet", "no progress and no warnings")
		.option("--no-color", "no colours")
		.addHelpText("after", DETAILS)
		.action(detectAction);
}

async function detectAction(names: string[], options: Options): Promise<void> {
	if (options.compat && !options.model) {
		throw new UsageError(
			"--compat decides with the original's model, which is not ours to ship: name it with -m data_symmetry.pickle",
		);
	}
	const model = await openModel(options.model ?? DEFAULT_MODEL);
	const settings = detectOptions(options);
	const detector = createDetector(model, settings);
	const inputs = new InputList(names);
	const bufferSize = options.buffer ?? (options.compat && DEFAULT_BUFFER_FLOWS);
	const isLive = names.some((name) => name === "-" || name.startsWith("live:"));
	const sink = openSink({
		output: options.output,
		format: options.format,
		colour: options.color && !process.env.NO_COLOR,
		live: isLive,
		footer: (totals) =>
			totals.not_judged_by_shape > 0
				? `${counted(totals.not_judged_by_shape, "flow")} too short to be judged by shape; payload and server name were.\n`
				: "",
	});
	const metering = {
		activeTimeout: options.activeTimeout,
		inactiveTimeout: options.inactiveTimeout,
		decapsulate: options.decapsulate ?? false,
	};
	const found = options.writePcap === undefined ? undefined : new FoundPacketsFile(options.writePcap, metering);
	const outcome = await runDetection({
		inputs,
		open: async (input) => {
			const opened = await openInput(
				input.name,
				{ metering, ...(options.bpf && { filter: options.bpf }) },
				input.directory !== undefined,
			);
			if (options.verifyMode && opened?.isCapture)
				throw new UsageError(
					`${input.name}: -v compares with labels, and a capture has none; give it labelled flow files`,
				);
			if (found && opened && (!opened.isCapture || opened.isLive))
				throw new UsageError(`${input.name}: --write-pcap copies packets from capture files, and this is none`);
			return opened;
		},
		...(found && {
			onDecided: (flows, verdicts) => found.note(flows, verdicts),
			onInputEnd: (input) => found.copyFrom(input.name),
		}),
		detector,
		state: createDetectState(settings),
		sink,
		all: options.all ?? false,
		...(bufferSize !== undefined && {
			stage: (flows) => bufferFlows(flows, { flows: bufferSize, bytes: DEFAULT_BUFFER_BYTES, ...(isLive && PATIENCE) }),
		}),
		progress: new Progress(process.stderr, options.quiet ?? false),
		complain: (line) => {
			if (!options.quiet) console.error(`decrypto: ${line}`);
		},
	});
	found?.close();
	process.exitCode = exitStatus(outcome, options.failOnMiner ?? false);
}

function detectOptions(options: Options): DetectOptions {
	return {
		...DEFAULT_OPTIONS,
		...(options.compat && { compat: options.compat }),
		...(options.mlThreshold !== undefined && { mlThreshold: options.mlThreshold }),
		...(options.dstThreshold !== undefined && { dstThreshold: options.dstThreshold }),
		cache: options.useDstCache ?? false,
		cacheSize: options.cacheSize,
		cacheMaxAge: options.cacheMaxAge * 1e6,
		filter: options.filter ?? false,
		...(options.conversations && { conversations: DEFAULT_CONVERSATIONS }),
		...(options.internal && { internal: options.internal }),
	};
}
