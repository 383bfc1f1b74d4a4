import type { SourceCounters } from "../bytes/counters.ts";
import type { MutedLog } from "../bytes/muted-log.ts";
import { bufferFlows, DEFAULT_BUFFER_FLOWS } from "../detect/buffer.ts";
import { detect } from "../detect/detect.ts";
import { createDetector, createDetectState, type Detector } from "../detect/detector.ts";
import { DEFAULT_OPTIONS } from "../detect/options.ts";
import { countVerdicts, createVerifyCounts, type VerifyCounts } from "../evaluate/confusion.ts";
import { originalVerifyText } from "../evaluate/original-verify-text.ts";
import { verifyTable } from "../evaluate/verify-report.ts";
import type { FlowColumns } from "../flow/flow-columns.ts";
import type { FlowSource } from "../flow/flow-source.ts";
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
import { minerFields, minerTemplate } from "../output/miner-records.ts";
import type { ModuleOptions } from "./minerdetector-options.ts";
import { OrderlyEnd } from "./orderly-end.ts";

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
	const [inputInterface, outputInterface] = parseSpecifier(options.specifier, 1, 1) as [Interface, Interface];
	const detector = createDetector(await openModel(options.model ?? defaultModel), detectOptions(options));
	const sockets = options.socketDir === undefined ? {} : { socketDirectory: options.socketDir };
	const input = openInterfaceInput(inputInterface, {
		...sockets,
		warn: (topic, line) => log.warn(topic, line),
	});
	const source = new FlowInput(input, options.verifyMode ? [LABEL_FIELD] : []);
	const output = await openInterfaceOutput(outputInterface, sockets);
	const module = new MinerModule(detector, options, source);
	const sink = new TrapSink(output, parseTemplate(minerTemplate(options.verifyMode)), {
		computed: minerFields(() => module.state.verdicts, options.compat !== undefined),
	});
	await sink.begin();
	await using _service = options.service
		? await openServiceInterface({
				...sockets,
				inputs: [{ described: inputInterface, input }],
				outputs: [{ described: outputInterface, output }],
			})
		: undefined;
	using end = new OrderlyEnd();
	end.watch({
		stop() {
			source.stop();
			output.hurry(options.stopPatience * 1000);
		},
	});
	try {
		await module.run(sink, inputInterface.address.kind !== "file");
		if (options.endOfStream) await output.sendEndOfStream();
	} finally {
		await sink.close();
	}
	if (module.counts) print(verifyReport(module.counts, detector, options));
	return reportLosses(source.counters, sink, log);
}

type Interface = ReturnType<typeof parseSpecifier>[number];

/** What stands between input and output. */
class MinerModule {
	readonly state;
	readonly counts: VerifyCounts | undefined;
	readonly #detector: Detector;
	readonly #options: ModuleOptions;
	readonly #source: FlowSource;

	constructor(detector: Detector, options: ModuleOptions, source: FlowSource) {
		this.state = createDetectState(detector.options);
		this.counts = options.verifyMode ? createVerifyCounts() : undefined;
		this.#detector = detector;
		this.#options = options;
		this.#source = source;
	}

	async run(sink: TrapSink, isSocket: boolean): Promise<void> {
		for await (const flows of this.#batches(isSocket)) {
			const verdicts = detect(flows, this.#detector, this.state);
			if (this.counts) countVerdicts(this.counts, flows, verdicts);
			if (verdicts.minerCount > 0) await sink.write(flows, verdicts.miners.subarray(0, verdicts.minerCount));
		}
	}

	/**
	 * Batches as the original has them where they decide about the order of its output, or where they were asked for;
	 * else as they come, and no alert is late.
	 */
	#batches(isSocket: boolean): AsyncIterable<FlowColumns> {
		const { buffer, bufferBytes, compat, quietAfter, oldAfter } = this.#options;
		const flows = buffer ?? (compat ? DEFAULT_BUFFER_FLOWS : undefined);
		if (flows === undefined) return this.#source;
		const patience = isSocket ? { quietAfter: quietAfter * 1000, oldAfter: oldAfter * 1000 } : {};
		return bufferFlows(this.#source, { flows, bytes: bufferBytes, ...patience });
	}
}

function detectOptions(options: ModuleOptions) {
	const { compat, mlThreshold, dstThreshold, useDstCache, filter } = options;
	return {
		...DEFAULT_OPTIONS,
		...(compat && { compat }),
		...(mlThreshold !== undefined && { mlThreshold }),
		...(dstThreshold !== undefined && { dstThreshold }),
		cache: useDstCache,
		filter,
	};
}

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
