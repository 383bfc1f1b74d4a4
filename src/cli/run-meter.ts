import { reasonOf, UsageError } from "../bytes/error.ts";
import type { FlowSink } from "../flow/flow-sink.ts";
import { DirectoryRotation } from "../input/directory-rotation.ts";
import { InputList, type NamedInput } from "../input/input-list.ts";
import { openFlowSink } from "../output/open-flow-sink.ts";
import type { ReadOptions } from "../run/metering-purpose.ts";
import { openOnThreads } from "../run/open-on-threads.ts";
import type { SourceThreads } from "../run/source-threads.ts";
import { inputOptions } from "./input-flags.ts";
import type { MeterFlags } from "./meter-flags.ts";
import { Progress } from "./progress.ts";
import { ShutdownSignal } from "./shutdown-signal.ts";

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
	const end = new ShutdownSignal();
	end.watch(inputs);
	for (let input = await inputs.next(); input && !end.asked; input = await inputs.next()) {
		try {
			const rotation = rotations.of(input);
			const read = inputOptions(flags, { ...metering, ...(rotation && { rotation }) }, complain);
			const options = { ...read, purpose: "export" } as const;
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
	options: ReadOptions,
	inputs: InputList,
	threads: SourceThreads | undefined,
	sink: FlowSink,
	end: ShutdownSignal,
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
