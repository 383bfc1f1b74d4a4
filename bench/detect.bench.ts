import { join } from "node:path";
import { goldenFlows } from "../lab/golden-flows.ts";
import { needsShared, sharedPath } from "../lab/shared-data.ts";
import { containsStratum } from "../src/detect/compat/stratum-expressions.ts";
import { detect } from "../src/detect/detect.ts";
import { createDetectMemory, createDetector } from "../src/detect/detector.ts";
import { judgeEndpoint } from "../src/detect/endpoint.ts";
import { computeFeatures } from "../src/detect/features.ts";
import { DEFAULT_CONVERSATIONS, DEFAULT_OPTIONS, type DetectOptions } from "../src/detect/options.ts";
import { mayHaveMiningPayload } from "../src/detect/payload.ts";
import { judgePayloads } from "../src/detect/payload-decision.ts";
import { SHAPE_OBSTACLE, shapeObstacle } from "../src/detect/shape-obstacle.ts";
import { VerdictColumns } from "../src/detect/verdicts.ts";
import type { FlowColumns } from "../src/flow/flow-columns.ts";
import type { Model } from "../src/forest/model.ts";
import { openModel } from "../src/forest/open-model.ts";

/** From decoded batches to verdicts, on one thread: the rate of the detector, and the cost of each signal. */
const ORIGINAL_FLOWS_PER_SECOND = 24_400;
/** Duration of each measurement, and of the warm-up before it. */
const MILLISECONDS = 2500;
const WARM_UP = 700;
/** Flows per batch: few enough that some runs are not interrupted on a busy machine. */
const BATCH = 2048;
const REAL = "17,751 real flows";

const skip = needsShared("golden/detector");
if (skip) console.log(skip);
else {
	const original = openModel(sharedPath("golden/detector/model/data_symmetry.pickle")!);
	const ours = openModel(join(import.meta.dirname, "../models/default.model"));
	const inputs = {
		"200,000 flows of the corpus": batchesOf(await goldenFlows("golden/detector/inputs/corpus.trapcap.gz")),
		[REAL]: batchesOf(await goldenFlows("golden/end-to-end/flows.trapcap.gz")),
	};
	const variants: Readonly<Record<string, DetectOptions>> = {
		"default options, all signals": DEFAULT_OPTIONS,
		"with cache (-c)": { ...DEFAULT_OPTIONS, cache: true },
		"with cache and filter (-c -f)": { ...DEFAULT_OPTIONS, cache: true, filter: true },
		"conversations combined": { ...DEFAULT_OPTIONS, conversations: DEFAULT_CONVERSATIONS },
		"compat cython0.29": { ...DEFAULT_OPTIONS, compat: "cython0.29" },
	};
	for (const [name, batches] of Object.entries(inputs)) {
		console.log(`\n${name}, the original's model`);
		for (const [variant, options] of Object.entries(variants)) showRate(variant, batches, original, options);
		if (batches === inputs[REAL]) showRate("default options, our model", batches, ours, DEFAULT_OPTIONS);
		console.log("  a signal alone, over all flows:");
		for (const [signal, run] of Object.entries(signalsOf(createDetector(original, DEFAULT_OPTIONS)))) {
			const { seconds, median } = timed(batches, () => {}, run);
			const flows = flowsOf(batches);
			console.log(
				`    ${signal.padEnd(38)} ${nanoseconds(seconds, flows)} ns a flow (${nanoseconds(median, flows)} in a median round)`,
			);
		}
	}
	console.log(
		`\nThe original: ${ORIGINAL_FLOWS_PER_SECOND} flows/s, reading included (measured once, on a machine of this kind).`,
	);
}

/** Runs the whole detector over the batches, and prints its rate. */
function showRate(variant: string, batches: readonly FlowColumns[], model: Model, options: DetectOptions): void {
	const detector = createDetector(model, options);
	let miners = 0;
	let memory = createDetectMemory(options);
	const verdictColumns = new VerdictColumns(options);
	const begin = () => {
		memory = createDetectMemory(options);
		miners = 0;
	};
	const { seconds, median, processor, rounds } = timed(batches, begin, (batch) => {
		miners += detect(batch, detector, memory, verdictColumns).minerCount;
	});
	const flows = flowsOf(batches);
	const rate = flows / seconds;
	const times = (rate / ORIGINAL_FLOWS_PER_SECOND).toFixed(0);
	const trees = (detector.predictor.treesAsked / (rounds * flows)).toFixed(1);
	console.log(
		`  ${variant.padEnd(30)} ${millions(rate)} million flows/s (${millions(flows / median)} in a median round, ` +
			`${millions(flows / processor)} by processor time), ${times.padStart(4)} times the original; ` +
			`${nanoseconds(seconds, flows)} ns, ${trees} trees a flow; ${miners} miners`,
	);
}

function flowsOf(batches: readonly FlowColumns[]): number {
	return batches.reduce((total, batch) => total + batch.length, 0);
}

function signalsOf(detector: ReturnType<typeof createDetector>): Record<string, (flows: FlowColumns) => number> {
	const row = new Float64Array(detector.plan.names.length);
	const verdicts = new VerdictColumns();
	const over =
		(each: (flows: FlowColumns, i: number) => boolean) =>
		(flows: FlowColumns): number => {
			let count = 0;
			for (let i = 0; i < flows.length; i++) if (each(flows, i)) count++;
			return count;
		};
	return {
		"whether the payload may be mining": over(mayHaveMiningPayload),
		"whether it is": (flows) => {
			verdicts.reset(flows.length);
			judgePayloads(flows, 0, flows.length, verdicts);
			return flows.length;
		},
		"server name": over((flows, i) => judgeEndpoint(flows, i, undefined) !== undefined),
		"whether the shape can be judged": over((flows, i) => shapeObstacle(flows, i) === SHAPE_OBSTACLE.NONE),
		"the same and the features": over((flows, i) => {
			if (shapeObstacle(flows, i) !== SHAPE_OBSTACLE.NONE) return false;
			computeFeatures(flows, i, detector.plan, row, 0);
			return true;
		}),
		"the original's Stratum expressions": over((flows, i) => {
			const { values, offsets } = flows.payload;
			const reverse = flows.payloadReverse;
			return (
				containsStratum(values, offsets[i]!, offsets[i + 1]!) ||
				containsStratum(reverse.values, reverse.offsets[i]!, reverse.offsets[i + 1]!)
			);
		}),
	};
}

/** The batch in slices of {@link BATCH} flows, as views. */
function batchesOf(flows: FlowColumns): FlowColumns[] {
	const batches: FlowColumns[] = [];
	for (let begin = 0; begin < flows.length; begin += BATCH) {
		batches.push(viewOf(flows, begin, Math.min(BATCH, flows.length - begin)));
	}
	return batches;
}

function viewOf(flows: FlowColumns, begin: number, length: number): FlowColumns {
	const list = <A>({ values, offsets }: { values: A; offsets: Uint32Array }) => ({
		values,
		offsets: offsets.subarray(begin, begin + length + 1),
	});
	return {
		length,
		firstIndex: flows.firstIndex + begin,
		addresses: flows.addresses.subarray(begin * 32),
		bytes: flows.bytes.subarray(begin),
		bytesReverse: flows.bytesReverse.subarray(begin),
		packets: flows.packets.subarray(begin),
		packetsReverse: flows.packetsReverse.subarray(begin),
		timeFirst: flows.timeFirst.subarray(begin),
		timeLast: flows.timeLast.subarray(begin),
		sourcePort: flows.sourcePort.subarray(begin),
		destinationPort: flows.destinationPort.subarray(begin),
		protocol: flows.protocol.subarray(begin),
		tcpFlags: flows.tcpFlags.subarray(begin),
		tcpFlagsReverse: flows.tcpFlagsReverse.subarray(begin),
		packetLengths: list(flows.packetLengths),
		packetDirections: list(flows.packetDirections),
		packetFlags: list(flows.packetFlags),
		packetTimes: list(flows.packetTimes),
		payload: list(flows.payload),
		payloadReverse: list(flows.payloadReverse),
		serverName: list(flows.serverName),
		extras: {},
	};
}

interface Timing {
	/** Mean processor time of the thread for all batches, in seconds. */
	readonly processor: number;
	/** Wall-clock seconds, the minimum for each batch: other load on the machine can only add time. */
	readonly seconds: number;
	/** Wall-clock seconds of the median round, including other load on the machine. */
	readonly median: number;
	/** Rounds since the detector was created. */
	readonly rounds: number;
}

function timed(batches: readonly FlowColumns[], begin: () => void, each: (batch: FlowColumns) => void): Timing {
	const warm = repeated(batches, begin, each, WARM_UP);
	const began = process.threadCpuUsage();
	const { rounds, seconds, median } = repeated(batches, begin, each, MILLISECONDS);
	const { user, system } = process.threadCpuUsage(began);
	return { processor: (user + system) / 1e6 / rounds, seconds, median, rounds: warm.rounds + rounds };
}

function repeated(
	batches: readonly FlowColumns[],
	begin: () => void,
	each: (batch: FlowColumns) => void,
	milliseconds: number,
): { readonly rounds: number; readonly seconds: number; readonly median: number } {
	const end = performance.now() + milliseconds;
	const least = batches.map(() => Infinity);
	const rounds: number[] = [];
	do {
		begin();
		let round = 0;
		for (const [b, batch] of batches.entries()) {
			const started = performance.now();
			each(batch);
			const taken = performance.now() - started;
			least[b] = Math.min(least[b]!, taken);
			round += taken;
		}
		rounds.push(round);
	} while (performance.now() < end);
	const median = rounds.sort((a, b) => a - b)[rounds.length >> 1]! / 1000;
	return { rounds: rounds.length, seconds: least.reduce((sum, part) => sum + part, 0) / 1000, median };
}

function millions(rate: number): string {
	return (rate / 1e6).toFixed(2).padStart(5);
}

function nanoseconds(seconds: number, flows: number): string {
	return ((seconds / flows) * 1e9).toFixed(0).padStart(4);
}
