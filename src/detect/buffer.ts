import { FlowAccumulator, flowBytes } from "../flow/flow-accumulator.ts";
import type { FlowColumns } from "../flow/flow-columns.ts";
import { passesPrefilter } from "./compat/judge-block-as-original.ts";

/** Limits at which a buffer is flushed. */
export interface BufferOptions {
	/** `-b`: flows that pass the original's prefilter. */
	readonly flows: number;
	/** Bytes of copied flows and records: bounds memory for any input. */
	readonly bytes: number;
	/** Milliseconds without a flow after which a partly filled buffer is flushed; absent: no limit. */
	readonly quietAfter?: number;
	/** The most milliseconds between a buffer's first flow and its flush; absent: no limit. */
	readonly oldAfter?: number;
}

export const DEFAULT_BUFFER_FLOWS = 100_000;
export const DEFAULT_BUFFER_BYTES = 512 * 2 ** 20;

/**
 * The original's buffer (`-b`) as a stage between source and detector: it forms batches with a fixed number of flows
 * that pass the prefilter, independent of the batches of the source. Its limits affect only the order of the output
 * under `compat`. A batch is valid until the next pull. An error of the source is reported after the flows that were
 * buffered before it.
 */
export async function* bufferFlows(
	source: AsyncIterable<FlowColumns>,
	options: BufferOptions,
): AsyncGenerator<FlowColumns> {
	const batches = source[Symbol.asyncIterator]();
	let buffer: FlowAccumulator | undefined;
	let passed = 0;
	let since = 0;
	let next = settled(batches.next());
	const handOn = function* (): Generator<FlowColumns> {
		if (buffer === undefined || buffer.length === 0) return;
		yield buffer.columns();
		buffer.clear();
		passed = 0;
	};
	try {
		while (true) {
			const waiting = buffer !== undefined && buffer.length > 0 ? patience(options, since) : Infinity;
			const arrival = await within(next, waiting);
			if (arrival === undefined) {
				yield* handOn();
				continue;
			}
			if ("error" in arrival || arrival.result.done) {
				yield* handOn();
				if ("error" in arrival) throw arrival.error;
				return;
			}
			const flows = arrival.result.value;
			if (buffer !== undefined && !buffer.fits(flows)) {
				yield* handOn();
				buffer = undefined;
			}
			// Copied in runs: up to the flow that fills the buffer, then the flows after it.
			let begin = 0;
			let bytes = 0;
			for (let i = 0; i < flows.length; i++) {
				if (buffer === undefined || (buffer.length === 0 && i === begin)) since = performance.now();
				buffer ??= new FlowAccumulator(flows, begin);
				bytes += flowBytes(flows, i);
				if (passesPrefilter(flows, i)) passed++;
				if (passed < options.flows && buffer.bytes + bytes < options.bytes && i + 1 < flows.length) continue;
				buffer.append(flows, begin, i + 1, bytes);
				begin = i + 1;
				bytes = 0;
				if (passed >= options.flows || buffer.bytes >= options.bytes) yield* handOn();
			}
			// Without this check a source that always has a next batch would never let the wait expire.
			if (buffer !== undefined && buffer.length > 0 && patience(options, since) === 0) yield* handOn();
			next = settled(batches.next());
		}
	} finally {
		await batches.return?.();
	}
}

type Arrival = { readonly result: IteratorResult<FlowColumns> } | { readonly error: unknown };

/** A pull that never rejects, because it may be awaited twice or not at all. */
function settled(pull: Promise<IteratorResult<FlowColumns>>): Promise<Arrival> {
	return pull.then(
		(result) => ({ result }),
		(error: unknown) => ({ error }),
	);
}

/** Milliseconds to wait for more flows. */
function patience({ quietAfter = Infinity, oldAfter = Infinity }: BufferOptions, since: number): number {
	return Math.min(quietAfter, Math.max(0, since + oldAfter - performance.now()));
}

/** The result of the pull, or undefined if it takes longer than `milliseconds`. */
async function within(pull: Promise<Arrival>, milliseconds: number): Promise<Arrival | undefined> {
	if (milliseconds === Infinity) return pull;
	let timer: NodeJS.Timeout | undefined;
	const timeout = new Promise<undefined>((resolve) => {
		timer = setTimeout(resolve, milliseconds, undefined);
	});
	try {
		return await Promise.race([pull, timeout]);
	} finally {
		clearTimeout(timer);
	}
}
