import { fileURLToPath } from "node:url";
import { DeCryptoError, UsageError } from "../bytes/error.ts";
import { bufferFlows, DEFAULT_BUFFER_BYTES, DEFAULT_BUFFER_FLOWS } from "../detect/buffer.ts";
import { createDetector, createDetectState } from "../detect/detector.ts";
import { DEFAULT_CONVERSATIONS, DEFAULT_OPTIONS, type DetectOptions } from "../detect/options.ts";
import { Verification } from "../evaluate/verification.ts";
import { openModel } from "../forest/open-model.ts";
import { DirectoryRotation } from "../input/directory-rotation.ts";
import { isLiveName } from "../input/input-kinds.ts";
import { InputList, type NamedInput } from "../input/input-list.ts";
import type { OpenedInput } from "../input/input-options.ts";
import type { FoundPacketsFile } from "../output/found-packets-file.ts";
import { openSink } from "../output/open-sink.ts";
import { openPoolTable } from "../pool/pool-lookup.ts";
import { openOnThreads } from "../run/open-on-threads.ts";
import type { SourceThreads } from "../run/source-threads.ts";
import type { DetectFlags } from "./detect-flags.ts";
import { type DetectionRun, exitStatus, runDetection } from "./detection-run.ts";
import { inputOptions } from "./input-flags.ts";
import { Progress } from "./progress.ts";

const DEFAULT_MODEL = fileURLToPath(new URL("../../models/default.model", import.meta.url));

/** A buffer must not make an alert late: how long it waits for more flows, and how old it may become, in ms. */
const PATIENCE = { quietAfter: 1000, oldAfter: 5000 };

/** `decrypto detect`, from the options to the exit status. `threads` read the inputs that other threads can read. */
export async function runDetect(
	names: string[],
	flags: DetectFlags,
	threads: SourceThreads | undefined,
): Promise<void> {
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
	const modelPath = flags.model ?? DEFAULT_MODEL;
	const settings = detectOptions(flags);
	const detector = createDetector(openModel(modelPath), settings);
	const inputs = new InputList(names, flags.follow);
	const isLive = flags.follow === true || names.some(isLiveName);
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
		open: inputOpener(flags, inputs, found, threads, complain),
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
	const { FoundPacketsFile } = await import("../output/found-packets-file.ts");
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
	threads: SourceThreads | undefined,
	warn: (line: string) => void,
): DetectionRun["open"] {
	const rotations = new DirectoryRotation(inputs, flags.inactiveTimeout);
	const metering = { handshakes: true, vlan: true, payloadBytes: flags.payloadBytes };
	return async (input) => {
		const rotation = rotations.of(input);
		const tap = found && isReadOnce(input) ? found.ring() : undefined;
		const options = inputOptions(flags, { ...metering, ...(rotation && { rotation }), ...(tap && { tap }) }, warn);
		const opened = await openOnThreads(threads, input, { ...options, purpose: "detection" }, inputs);
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
