import { accessSync } from "node:fs";
import type { SourceCounters } from "../bytes/counters.ts";
import { inContext } from "../bytes/error.ts";
import type { MutedLog } from "../bytes/muted-log.ts";
import { bufferFlows, DEFAULT_BUFFER_FLOWS } from "../detect/buffer.ts";
import { createDetector, type Detector } from "../detect/detector.ts";
import { detectOptionsOf } from "../detect/options-schema.ts";
import { countVerdicts, createVerifyCounts, type VerifyCounts } from "../evaluate/confusion.ts";
import { originalVerifyText } from "../evaluate/original-verify-text.ts";
import { verifyTable } from "../evaluate/verify-report.ts";
import { LABEL_FIELD } from "../flow/unirec-fields.ts";
import { openModel } from "../forest/open-model.ts";
import {
	FlowInput,
	openInterfaceInput,
	openInterfaceOutput,
	openServiceInterface,
	parseSpecifier,
	parseTemplate,
	TrapSink,
} from "../nemea/index.ts";
import { minerRecords } from "../output/miner-records.ts";
import { unirecVerdictSink } from "../output/unirec-verdict-sink.ts";
import { Decider } from "../run/decider.ts";
import { LocalPipeline } from "../run/local-pipeline.ts";
import { Outlets } from "../run/outlets.ts";
import type { Stage } from "../run/pipeline.ts";
import { runPipeline } from "../run/run-pipeline.ts";
import { Tally } from "../run/tally.ts";
import type { ModuleOptions } from "./minerdetector-options.ts";
import { ShutdownSignal } from "./shutdown-signal.ts";

/**
 * Runs the detector as a NEMEA module until its input ends or it is told to. True where nothing went wrong; false where
 * the input was damaged or somebody did not take what was for them, which the log tells.
 */
export async function runModule(
	options: ModuleOptions,
	defaultModel: string,
	log: MutedLog,
	print: (text: string) => void,
): Promise<boolean> {
	const modelPath = options.model ?? defaultModel;
	refuseMissing(modelPath);
	const [inputInterface, outputInterface] = parseSpecifier(options.specifier, 1, 1) as [Interface, Interface];
	const sockets = options.socketDir === undefined ? {} : { socketDirectory: options.socketDir };
	const input = openInterfaceInput(inputInterface, {
		...sockets,
		warn: (topic, line) => log.warn(topic, line),
	});
	const source = new FlowInput(input, options.verifyMode ? [LABEL_FIELD] : []);
	const output = await openInterfaceOutput(outputInterface, sockets);
	const { template, computed } = minerRecords({
		withLabel: options.verifyMode,
		asOriginal: options.compat !== undefined,
	});
	const sink = new TrapSink(output, parseTemplate(template), { computed });
	await sink.begin();
	await using _service = options.service
		? await openServiceInterface({
				...sockets,
				inputs: [{ described: inputInterface, input }],
				outputs: [{ described: outputInterface, output }],
			})
		: undefined;
	// After the service interface: a supervisor that asks in the module's first second and finds nobody waits for a minute.
	const detector = createDetector(await openModel(modelPath), detectOptionsOf(options));
	using shutdown = new ShutdownSignal();
	shutdown.watch({ stop: () => output.hurry(options.stopPatience * 1000) });
	const counts = options.verifyMode ? createVerifyCounts() : undefined;
	const isLive = inputInterface.address.kind !== "file";
	const stage = bufferStage(options, isLive);
	const pipeline = new LocalPipeline({
		name: source.name,
		opened: { source, isCapture: false, isLive },
		decider: new Decider(detector),
		...(stage && { stage }),
		...(counts && { onDecided: (flows, verdicts) => countVerdicts(counts, flows, verdicts) }),
	});
	const outlets = new Outlets([{ sink: unirecVerdictSink(output.name, sink), onFailure: "stop" }]);
	const tally = new Tally(false);
	const failure = await runPipeline({ pipeline, outlets, tally, signal: shutdown.signal });
	if (!failure && options.endOfStream) await output.sendEndOfStream();
	await outlets.close(tally.totals());
	if (failure) throw failure;
	if (counts) print(verifyReport(counts, detector, options));
	return reportLosses(source.counters, sink, log);
}

/**
 * Batches as the original has them where they decide about the order of its output, or where they were asked for;
 * else as they come, and no alert is late.
 */
function bufferStage(options: ModuleOptions, isLive: boolean): Stage | undefined {
	const { buffer, bufferBytes, compat, quietAfter, oldAfter } = options;
	const flows = buffer ?? (compat ? DEFAULT_BUFFER_FLOWS : undefined);
	if (flows === undefined) return undefined;
	const patience = isLive ? { quietAfter: quietAfter * 1000, oldAfter: oldAfter * 1000 } : {};
	return (source) => bufferFlows(source, { flows, bytes: bufferBytes, ...patience });
}

type Interface = ReturnType<typeof parseSpecifier>[number];

function verifyReport(counts: VerifyCounts, { thresholds }: Detector, options: ModuleOptions): string {
	if (!options.compat) return verifyTable(counts);
	return originalVerifyText(counts, {
		dstThreshold: thresholds.dst,
		mlThreshold: thresholds.ml,
		modelPath: options.model!,
		cache: options.useDstCache,
		filter: options.filter,
	});
}

/** Tells what was skipped, damaged or not delivered; false where the input was damaged or a record did not arrive. */
function reportLosses(counters: SourceCounters, sink: TrapSink, log: MutedLog): boolean {
	for (const [reason, times] of counters.malformed) log.warn(reason, `skipped ${times}: ${reason}`);
	for (const warning of counters.warnings) log.warn("damaged", warning);
	const { dropped } = sink.output.counters;
	if (dropped > 0) log.warn("dropped", `${dropped} records were dropped: nobody was there to take them`);
	if (sink.unencodable > 0) log.warn("unencodable", `${sink.unencodable} records were too long to send`);
	return counters.warnings.length === 0;
}

/** A module that cannot work says so before it opens its interfaces. */
function refuseMissing(path: string): void {
	try {
		accessSync(path);
	} catch (error) {
		throw inContext(path, error);
	}
}
