import { fileURLToPath } from "node:url";
import { Command, Option } from "commander";
import { DeCryptoError, UsageError } from "../bytes/error.ts";
import { bufferFlows, DEFAULT_BUFFER_BYTES, DEFAULT_BUFFER_FLOWS } from "../detect/buffer.ts";
import { createDetector, createDetectState } from "../detect/detector.ts";
import { DEFAULT_CONVERSATIONS, DEFAULT_OPTIONS, type DetectOptions } from "../detect/options.ts";
import { openModel } from "../forest/open-model.ts";
import { openPoolTable } from "../pool/pool-lookup.ts";
import { DETECT_DETAILS } from "./detect-details.ts";
import { type DetectionRun, exitStatus, runDetection } from "./detection-run.ts";
import { DirectoryRotation } from "./directory-rotation.ts";
import type { FoundPacketsFile } from "./found-packets-file.ts";
import { addMeteringFlags, addThreadsFlag, addTlsFlags, type InputFlags, inputOptions } from "./input-flags.ts";
import { InputList, type NamedInput } from "./input-list.ts";
import type { OpenedInput } from "./open-input.ts";
import { FORMATS, type Format, openSink } from "./open-sink.ts";
import { type NetworkTest, networks, positiveInteger, probability, seconds, wholeNumber } from "./option-values.ts";
import { Progress } from "./progress.ts";
import { openOnThread, SourceThread } from "./threaded-source.ts";
import { Verification } from "./verification.ts";

export interface DetectFlags extends InputFlags {
	readonly model?: string;
	readonly buffer?: number;
	readonly useDstCache?: boolean;
	readonly filter?: boolean;
	readonly dstThreshold?: number;
	readonly mlThreshold?: number;
	readonly verifyMode?: boolean;
	readonly compat?: "cython0.29" | "cython3";
	readonly cacheSize: number;
	readonly cacheMaxAge: number;
	readonly conversations?: boolean;
	readonly internal?: NetworkTest;
	readonly pools?: string;
	readonly poolsDecide?: boolean;
	readonly threads: number;
	readonly payloadBytes: number;
	readonly format?: Format;
	readonly all?: boolean;
	readonly output?: string;
	readonly writePcap?: string;
	readonly failOnMiner?: boolean;
	readonly quiet?: boolean;
	readonly color: boolean;
}

const DEFAULT_MODEL = fileURLToPath(new URL("../../models/default.model", import.meta.url));

/** First payload of each direction that the recogniser sees on captures: getwork stands behind HTTP headers. */
const PAYLOAD_BYTES = 512;

/** A buffer must not make an alert late: how long it waits for more flows, and how old it may become, in ms. */
const PATIENCE = { quietAfter: 1000, oldAfter: 5000 };

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
		.option("--all", "report the flows that are no miners, too")
		.option("--fail-on-miner", "exit with 3 when a miner was found")
		.option("-q, --quiet", "no progress and no warnings")
		.option("--no-color", "no colours")
		.addHelpText("after", DETECT_DETAILS)
		.action(detectAction);
}

async function detectAction(names: string[], flags: DetectFlags): Promise<void> {
	if (flags.compat && !flags.model) {
		throw new UsageError(
			"--compat decides with the original's model, which is not ours to ship: name it with -m data_symmetry.pickle",
		);
	}
	const progress = new Progress(process.stderr, flags.quiet ?? false);
	const complain = (line: string): void => {
		progress.clear();
		if (!flags.quiet) console.error(`decrypto: ${line}`);
	};
	await using thread = flags.threads > 1 ? new SourceThread() : undefined;
	const modelPath = flags.model ?? DEFAULT_MODEL;
	const settings = detectOptions(flags);
	const detector = createDetector(openModel(modelPath), settings);
	const inputs = new InputList(names, flags.follow);
	const isLive = flags.follow === true || names.some((name) => name === "-" || /^(live|ipfix\+\w+|[utT]):/.test(name));
	const verification = flags.verifyMode ? new Verification(detector, modelPath) : undefined;
	const found = await openFoundPackets(flags);
	const readAgain: string[] = [];
	const sink = await openSink({
		...inputOptions(flags, {}, complain),
		withLabel: flags.verifyMode ?? false,
		asOriginal: flags.compat !== undefined,
		output: flags.output,
		format: flags.format,
		colour: flags.color && !process.env.NO_COLOR,
		live: isLive,
		...(verification && { metrics: () => verification.figures(), footer: () => `\n${verification.text()}` }),
	});
	const outcome = await runDetection({
		inputs,
		open: inputOpener(flags, inputs, found, thread, complain),
		detector,
		state: createDetectState(settings),
		sink,
		all: flags.all ?? false,
		progress,
		complain,
		...bufferStage(flags, isLive),
		onDecided(flows, verdicts) {
			verification?.count(flows, verdicts);
			found?.note(flows, verdicts);
		},
		...(found && {
			async onInputEnd(input: NamedInput) {
				if (!isReadOnce(input)) readAgain.push(input.name);
			},
		}),
	});
	await found?.copyFrom(readAgain);
	found?.close();
	process.exitCode = exitStatus(outcome, flags.failOnMiner ?? false);
	if (verification && outcome.totals.flows > 0) tellVerification(verification, flags, complain);
}

/** Loaded where it is asked for, as what reads packets is: most of a short run is the loading of modules. */
async function openFoundPackets({ writePcap, decapsulate }: DetectFlags): Promise<FoundPacketsFile | undefined> {
	if (writePcap === undefined) return undefined;
	const { FoundPacketsFile } = await import("./found-packets-file.ts");
	return new FoundPacketsFile(writePcap, { decapsulate: decapsulate ?? false });
}

/** Lines for programs leave no room for the figures of verify mode among them. */
function tellVerification(verification: Verification, flags: DetectFlags, complain: (line: string) => void): void {
	if (verification.sawNoLabel)
		throw new DeCryptoError("labels", "-v: none of the flows is labelled Miner or Other in a column LABEL");
	const isForPrograms = flags.format === "ndjson" || flags.format === "csv" || (!flags.format && !process.stdout.isTTY);
	if (isForPrograms) complain(`verified\n${verification.text()}`);
}

/** Opens inputs as the flags say, and refuses those that an option is not for. */
function inputOpener(
	flags: DetectFlags,
	inputs: InputList,
	found: FoundPacketsFile | undefined,
	thread: SourceThread | undefined,
	warn: (line: string) => void,
): DetectionRun["open"] {
	const rotations = new DirectoryRotation(inputs, flags.inactiveTimeout);
	const metering = { handshakes: true, vlan: true, payloadBytes: flags.payloadBytes };
	return async (input) => {
		const rotation = rotations.of(input);
		const tap = found && isReadOnce(input) ? found.ring() : undefined;
		const options = inputOptions(flags, { ...metering, ...(rotation && { rotation }), ...(tap && { tap }) }, warn);
		const forMining = { ...options, payloadFor: "mining", readsPayloads: flags.compat === undefined } as const;
		const opened = await openOnThread(thread, input, forMining, () => inputs.peek() !== undefined);
		const refusal = opened && reasonToRefuse(opened, flags);
		if (refusal) {
			await opened.source[Symbol.asyncDispose]();
			throw new UsageError(`${input.name}: ${refusal}`);
		}
		return opened;
	};
}

function reasonToRefuse({ isCapture }: OpenedInput, flags: DetectFlags): string | undefined {
	if (isCapture && flags.verifyMode) {
		return "-v compares with labels, and a capture has none; give it labelled flow files";
	}
	if (!isCapture && flags.writePcap !== undefined) return "--write-pcap copies packets, and these are flows";
	return undefined;
}

/** What cannot be read a second time: packets that come live, and files of a rotation that may be deleted again. */
function isReadOnce({ name, isGrowing }: NamedInput): boolean {
	return name === "-" || name.startsWith("live:") || isGrowing === true;
}

function bufferStage(flags: DetectFlags, isLive: boolean): Pick<DetectionRun, "stage"> {
	const size = flags.buffer ?? (flags.compat && DEFAULT_BUFFER_FLOWS);
	if (size === undefined) return {};
	return {
		stage: (flows) => bufferFlows(flows, { flows: size, bytes: DEFAULT_BUFFER_BYTES, ...(isLive && PATIENCE) }),
	};
}

function detectOptions(flags: DetectFlags): DetectOptions {
	if (flags.poolsDecide && flags.pools === undefined) throw new UsageError("--pools-decide needs a list: --pools FILE");
	return {
		...DEFAULT_OPTIONS,
		...(flags.compat && { compat: flags.compat }),
		...(flags.mlThreshold !== undefined && { mlThreshold: flags.mlThreshold }),
		...(flags.dstThreshold !== undefined && { dstThreshold: flags.dstThreshold }),
		cache: flags.useDstCache ?? false,
		cacheSize: flags.cacheSize,
		cacheMaxAge: flags.cacheMaxAge * 1e6,
		filter: flags.filter ?? false,
		...(flags.conversations && { conversations: DEFAULT_CONVERSATIONS }),
		...(flags.internal && { internal: flags.internal }),
		...(flags.pools !== undefined && { pools: openPoolTable(flags.pools), poolsDecide: flags.poolsDecide ?? false }),
	};
}
