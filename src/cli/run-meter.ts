import { reasonOf, UsageError } from "../bytes/error.ts";
import type { FlowSink } from "../flow/flow-sink.ts";
import { DirectoryRotation } from "./directory-rotation.ts";
import { inputOptions } from "./input-flags.ts";
import { InputList, type NamedInput } from "./input-list.ts";
import type { MeterFlags } from "./meter-flags.ts";
import { openFlowSink } from "./open-flow-sink.ts";
import type { InputOptions } from "./open-input.ts";
import { openOnThreads } from "./open-on-threads.ts";
import { OrderlyEnd } from "./orderly-end.ts";
import { Progress } from "./progress.ts";
import type { SourceThreads } from "./source-threads.ts";

/** `decrypto meter`, from the options to the exit status. `threads` read the inputs that other threads can read. */
export async function runMeter(names: string[], flags: MeterFlags, threads: SourceThreads | undefined): Promise<void> {
	const progress = new Progress(process.stderr, flags.quiet ?? false);
	const complain = (line: string): void => {
		progress.clear();
		if (!flags.quiet) console.error(`decrypto: ${line}`);
	};
	const inputs = new InputList(names, flags.follow);
	const rotations = new DirectoryRotation(inputs, flags.inactiveTimeout);
	const metering = { handshakes: flags.handshakes ?? false, payloadBytes: flags.payloadBytes };
	const sink = await openFlowSink(flags.output, inputOptions(flags, metering, complain));
	const end = new OrderlyEnd();
	end.watch(inputs);
	for (let input = await inputs.next(); input && !end.asked; input = await inputs.next()) {
		try {
			const rotation = rotations.of(input);
			const options = inputOptions(flags, { ...metering, ...(rotation && { rotation }) }, complain);
			await meterOne(input, options, inputs, threads, sink, end, progress, complain);
		} catch (error) {
			complain(reasonOf(error));
			process.exitCode = error instanceof UsageError ? 2 : 1;
		}
		end.watch(inputs);
	}
	end[Symbol.dispose]();
	progress.stop();
	await sink.close();
}

async function meterOne(
	input: NamedInput,
	options: InputOptions,
	inputs: InputList,
	threads: SourceThreads | undefined,
	sink: FlowSink,
	end: OrderlyEnd,
	progress: Progress,
	complain: (line: string) => void,
): Promise<void> {
	const opened = await openOnThreads(threads, input, options, inputs);
	if (!opened) return;
	if (!opened.isCapture) throw new UsageError(`${input.name}: these are flows already; meter reads captures`);
	await using source = opened.source;
	end.watch(source);
	progress.follow(input.name, source.counters);
	for await (const flows of source) {
		await sink.write(flows);
		progress.tick();
	}
	for (const warning of source.counters.warnings) complain(warning);
}
