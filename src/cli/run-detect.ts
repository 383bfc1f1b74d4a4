import { DeCryptoError, reasonOf, UsageError } from "../bytes/error.ts";
import { type BufferOptions, bufferFlows, DEFAULT_BUFFER_BYTES, DEFAULT_BUFFER_FLOWS } from "../detect/buffer.ts";
import type { Detector } from "../detect/detector.ts";
import { detectOptionsOf } from "../detect/options-schema.ts";
import { Verification } from "../evaluate/verification.ts";
import { DEFAULT_MODEL } from "../forest/default-model.ts";
import { DirectoryRotation } from "../input/directory-rotation.ts";
import { isEndlessName, isLiveName } from "../input/input-kinds.ts";
import type { InputList, NamedInput } from "../input/input-list.ts";
import type { FoundPacketsFile } from "../output/found-packets-file.ts";
import { type OpenedReport, openReport } from "../output/open-sink.ts";
import type { VerdictSink } from "../report/verdict-sink.ts";
import { Decider } from "../run/decider.ts";
import { type DetectionRun, exitStatus, runDetection } from "../run/detection-run.ts";
import { type DetectorRecipe, makeDetector } from "../run/detector-recipe.ts";
import { LocalPipeline } from "../run/local-pipeline.ts";
import type { ReadOptions } from "../run/metering-purpose.ts";
import { isReadHere, openOnThreads } from "../run/open-on-threads.ts";
import type { Outlet } from "../run/outlets.ts";
import type { Pipeline } from "../run/pipeline.ts";
import type { DecisionOrder } from "../run/pipeline-messages.ts";
import { SourceThreads } from "../run/source-threads.ts";
import type { DetectFlags } from "./detect-flags.ts";
import type { DetectIncidents } from "./detect-incidents.ts";
import type { DetectReport } from "./detect-report.ts";
import type { DetectThreads } from "./detect-threads.ts";
import { HangupSignal } from "./hangup-signal.ts";
import { inputOptions } from "./input-flags.ts";
import { Progress } from "./progress.ts";
import { ReadDirectories, refuseToFollow } from "./read-directories.ts";
import { refuseFilter } from "./refuse-filter.ts";
import { refuseInputsAsOutputs } from "./refuse-inputs-as-outputs.ts";
import { ShutdownSignal } from "./shutdown-signal.ts";
import { tell } from "./tell.ts";
import { allowsColours } from "./terminal-colours.ts";
import { TerminalObserver } from "./terminal-observer.ts";

/** A buffer must not make an alert late: how long it waits for more flows, and how old it may become, in ms. */
const PATIENCE = { quietAfter: 1000, oldAfter: 5000 };

/** `decrypto detect`, from the options to the exit status. `threads` read the inputs that other threads can read. */
export async function runDetect(
	names: string[],
	flags: DetectFlags,
	threads: DetectThreads | undefined,
): Promise<void> {
	const progress = new Progress(process.stderr, flags.quiet ?? false);
	const observer = new TerminalObserver(progress, flags.quiet ?? false);
	const recipe = recipeOf(flags);
	const buffer = bufferOf(flags, names);
	const isLive = comesLive(flags, names);
	if (flags.follow) refuseToFollow(names.at(-1)!);
	refuseInputsAsOutputs(
		[flags.output ?? "-", flags.writePcap, flags.store, flags.report],
		[...names, ...filesRead(flags)],
	);
	let verification: Verification | undefined;
	const opened = await openReport({
		...inputOptions(flags, {}, observer.warned),
		withLabel: flags.verifyMode ?? false,
		asOriginal: flags.compat !== undefined,
		earlyRecords: flags.earlyRecords ?? false,
		output: flags.output,
		format: flags.format,
		wantsIncidents: flags.incidents === true || flags.host !== undefined,
		wide: flags.wide ?? false,
		...(flags.host && { hosts: flags.host }),
		encodeEvent: async () => (await import("./encode-event.ts")).encodeEvent,
		colour: flags.color && allowsColours(process.env),
		live: isLive,
		...(flags.verifyMode && {
			metrics: () => verification?.figures(),
			footer: () => `\n${verification?.text()}`,
		}),
	});
	await using incidents = await openTracked(flags, opened, isLive, observer);
	const found = await openFoundPackets(flags, progress);
	const collects = {
		wantsDissents: incidents !== undefined || flags.report !== undefined,
		wantsPushes: incidents?.sink.wantsPushes === true,
	};
	const detector = await detectorHere(recipe, collects, buffer, threads);
	if (flags.verifyMode) verification = new Verification(detector(), recipe.model);
	const report = await openReportPage(flags, detector, recipe);
	const sink = opened.kind === "verdicts" ? opened.sink : undefined;
	const outlets = outletsOf(sink, found?.sink(), incidents?.sink, report?.sink);
	const read = new ReadDirectories(names, flags.follow ?? false);
	using shutdown = new ShutdownSignal();
	using _hangup = isLive ? new HangupSignal(() => reopenAll(outlets, incidents, observer)) : undefined;
	const parts = { detector, buffer, verification, found, threads, observer, collects };
	const outcome = await runDetection({
		names,
		...(flags.follow && { follow: true }),
		open: read.noting(pipelineOpener(flags, names, parts)),
		...(threads && !(threads instanceof SourceThreads) && !flags.follow && { filesAtOnce: 2 * flags.threads }),
		outlets,
		observer: report?.beside(observer) ?? observer,
		signal: shutdown.signal,
	});
	progress.stop();
	process.exitCode = exitStatus(outcome, flags.failOnMiner ?? false);
	for (const complaint of shutdown.asked ? [] : read.complaints()) {
		observer.warned(complaint);
		process.exitCode = process.exitCode === 2 ? 2 : 1;
	}
	if (verification && outcome.totals.flows > 0) tellVerification(verification, flags);
}

/** Loaded where it is asked for, as what reads packets is: most of a short run is the loading of modules. */
async function openFoundPackets(
	{ writePcap, decapsulate }: DetectFlags,
	progress: Progress,
): Promise<FoundPacketsFile | undefined> {
	if (writePcap === undefined) return undefined;
	const { FoundPacketsFile } = await import("../output/found-packets-file.ts");
	return new FoundPacketsFile(writePcap, { decapsulate: decapsulate ?? false }, progress);
}

/** What follows incidents, if the output shows them or something is to be done with them. */
async function openTracked(
	flags: DetectFlags,
	opened: OpenedReport,
	isLive: boolean,
	observer: TerminalObserver,
): Promise<DetectIncidents | undefined> {
	const report = opened.kind === "incidents" ? opened.report : undefined;
	const isAsked = flags.store !== undefined || flags.notify !== undefined;
	if (report === undefined && !isAsked) {
		for (const [name, value] of [
			["--allowlist", flags.allowlist],
			["--block-times", flags.blockTimes],
		])
			if (value) throw new UsageError(`${name} needs incidents: add --incidents, --store or --notify`);
		return undefined;
	}
	const { openIncidents } = await import("./detect-incidents.ts");
	return openIncidents(flags, { report, isLive, warn: observer.warned });
}

function outletsOf(...sinks: readonly (VerdictSink | undefined)[]): Outlet[] {
	return sinks.flatMap((sink): Outlet[] => (sink ? [{ sink, onFailure: "stop" }] : []));
}

/** After log rotation: files that are appended to are opened again. A live run goes on whatever happens. */
async function reopenAll(
	outlets: readonly Outlet[],
	incidents: DetectIncidents | undefined,
	observer: TerminalObserver,
): Promise<void> {
	try {
		for (const { sink } of outlets) await sink.reopen?.();
		await incidents?.reopen();
	} catch (error) {
		observer.warned(`SIGHUP: ${reasonOf(error)}`);
	}
}

/** Files that are read beside the inputs. */
function filesRead({ model, pools = [], notify, allowlist = [], blockTimes = [] }: DetectFlags): string[] {
	return [model, ...pools, notify, ...allowlist, ...blockTimes].filter((path) => path !== undefined);
}

async function openReportPage(
	{ report }: DetectFlags,
	detector: () => Detector,
	{ model }: DetectorRecipe,
): Promise<DetectReport | undefined> {
	if (report === undefined) return undefined;
	const { openDetectReport } = await import("./detect-report.ts");
	return openDetectReport(report, detector(), model);
}

/** Lines for programs leave no room for the figures of verify mode among them. */
function tellVerification(verification: Verification, flags: DetectFlags): void {
	if (verification.sawNoLabel)
		throw new DeCryptoError("labels", "-v: none of the flows is labelled Miner or Other in a column LABEL");
	const isForPrograms = flags.format === "ndjson" || flags.format === "csv" || (!flags.format && !process.stdout.isTTY);
	if (isForPrograms && !flags.quiet) tell(`verified\n${verification.text()}`);
}

interface PipelineParts {
	readonly detector: () => Detector;
	readonly buffer: BufferOptions | undefined;
	readonly verification: Verification | undefined;
	readonly found: FoundPacketsFile | undefined;
	readonly threads: DetectThreads | undefined;
	readonly observer: TerminalObserver;
	readonly collects: Collected;
}

/** What is collected beside verdicts, for incidents. */
type Collected = Required<Pick<DecisionOrder, "wantsDissents" | "wantsPushes">>;

/** Opens inputs as the flags say, where they are best read, and refuses those that an option is not for. */
function pipelineOpener(flags: DetectFlags, names: readonly string[], parts: PipelineParts): DetectionRun["open"] {
	const { found, threads, buffer, observer, collects } = parts;
	const openHere = localOpener(flags, parts);
	const metering = {
		handshakes: true,
		vlan: true,
		resolvedNames: true,
		payloadBytes: flags.payloadBytes,
		...(collects.wantsPushes && { pushTimes: true }),
	};
	const inOnePlace = buffer !== undefined || (remembers(flags) && names.length > 1) || flags.follow === true;
	let rotations: DirectoryRotation | undefined;
	return async (input, inputs) => {
		refuseFilter(flags, input.name);
		const tap = found && isReadOnce(input) ? found.ring() : undefined;
		const read = inputOptions(flags, { ...metering, ...(tap && { tap }) }, observer.warned);
		const options: ReadOptions = { ...read, purpose: "detection" };
		let pipeline: Pipeline | undefined;
		if (threads !== undefined && !(threads instanceof SourceThreads) && !isReadHere(input, options)) {
			pipeline = await threads.open(input, options, inputs, inOnePlace);
		} else {
			if (input.directory !== undefined) rotations ??= new DirectoryRotation(inputs, flags.inactiveTimeout);
			const rotation = rotations?.of(input);
			const withRotation = rotation ? { ...options, metering: { ...options.metering, rotation } } : options;
			pipeline = await openHere(input, withRotation, inputs);
		}
		if (pipeline === undefined) return undefined;
		const refusal = reasonToRefuse(pipeline, flags);
		if (refusal) {
			await pipeline[Symbol.asyncDispose]();
			throw new UsageError(`${input.name}: ${refusal}`);
		}
		if (found && !isReadOnce(input)) found.readAgain(input.name);
		return pipeline;
	};
}

/** Opens inputs whose flows are decided on this thread, whichever one meters them. */
function localOpener(flags: DetectFlags, parts: PipelineParts) {
	const { detector, buffer, verification, threads, observer, collects } = parts;
	const decisions = { all: flags.all ?? false, ...collects };
	const readers = threads instanceof SourceThreads ? threads : undefined;
	// Files are decided one after the other, and remember together; live inputs are decided beside them.
	let ofFiles: Decider | undefined;
	return async (input: NamedInput, options: ReadOptions, inputs: InputList): Promise<Pipeline | undefined> => {
		const opened = await openOnThreads(readers, input, options, inputs);
		if (opened === undefined) return undefined;
		const isEndless = isEndlessName(input.name);
		const decider = isEndless || ofFiles === undefined ? new Decider(detector(), decisions) : ofFiles;
		if (!isEndless) ofFiles = decider;
		return new LocalPipeline({
			name: input.name,
			opened,
			decider,
			...(buffer && { stage: (flows) => bufferFlows(flows, buffer) }),
			onDecided(flows, verdicts) {
				verification?.count(flows, verdicts);
				observer.progressed();
			},
		});
	};
}

/** Makes the detector when it is first needed here; the threads make their own, and what is wrong with it is told now. */
async function detectorHere(
	recipe: DetectorRecipe,
	collects: Collected,
	buffer: BufferOptions | undefined,
	threads: DetectThreads | undefined,
): Promise<() => Detector> {
	let made: Detector | undefined;
	const detector = (): Detector => {
		made ??= makeDetector(recipe);
		return made;
	};
	if (threads === undefined || threads instanceof SourceThreads) detector();
	else await threads.decideBy({ recipe, ...collects, ...(buffer && { buffer }) });
	return detector;
}

/** Whether earlier flows change the verdicts of later ones. */
function remembers({ useDstCache, conversations }: DetectFlags): boolean {
	return useDstCache === true || conversations === true;
}

function reasonToRefuse({ isCapture }: Pipeline, flags: DetectFlags): string | undefined {
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

function comesLive(flags: DetectFlags, names: readonly string[]): boolean {
	return flags.follow === true || names.some(isLiveName);
}

function bufferOf(flags: DetectFlags, names: readonly string[]): BufferOptions | undefined {
	const flows = flags.buffer ?? (flags.compat && DEFAULT_BUFFER_FLOWS);
	if (flows === undefined) return undefined;
	return { flows, bytes: DEFAULT_BUFFER_BYTES, ...(comesLive(flags, names) && PATIENCE) };
}

function recipeOf(flags: DetectFlags): DetectorRecipe {
	if (flags.compat && !flags.model) {
		throw new UsageError(
			"--compat decides with the original's model, which is not ours to ship: name it with -m data_symmetry.pickle",
		);
	}
	if (flags.poolsDecide && flags.pools === undefined) throw new UsageError("--pools-decide needs a list: --pools FILE");
	return {
		model: flags.model ?? DEFAULT_MODEL,
		options: detectOptionsOf(flags),
		...(flags.pools !== undefined && { pools: flags.pools }),
		...(flags.internal !== undefined && { internal: flags.internal }),
	};
}
