import { reasonOf, UsageError } from "../bytes/error.ts";
import type { FlowSink } from "../flow/flow-sink.ts";
import { DirectoryRotation } from "../input/directory-rotation.ts";
import { InputList, type NamedInput } from "../input/input-list.ts";
import type { OpenedInput } from "../input/input-options.ts";
import { openFlowSink } from "../output/open-flow-sink.ts";
import type { ReadOptions } from "../run/metering-purpose.ts";
import { openOnThreads } from "../run/open-on-threads.ts";
import type { SourceThreads } from "../run/source-threads.ts";
import { inputOptions } from "./input-flags.ts";
import type { MeterFlags } from "./meter-flags.ts";
import { Progress } from "./progress.ts";
import { ReadDirectories, refuseToFollow } from "./read-directories.ts";
import { refuseInputsAsOutputs } from "./refuse-inputs-as-outputs.ts";
import { ShutdownSignal } from "./shutdown-signal.ts";
import { tell } from "./tell.ts";

/** `decrypto meter`, from the options to the exit status. `threads` read the inputs that other threads can read. */
export async function runMeter(names: string[], flags: MeterFlags, threads: SourceThreads | undefined): Promise<void> {
	const progress = new Progress(process.stderr, flags.quiet ?? false);
	const complain = (line: string): void => {
		progress.clear();
		if (!flags.quiet) tell(line);
	};
	if (flags.follow) refuseToFollow(names.at(-1)!);
	refuseInputsAsOutputs([flags.output], names);
	const inputs = new InputList(names, flags.follow);
	const read = new ReadDirectories(names, flags.follow ?? false);
	const rotations = new DirectoryRotation(inputs, flags.inactiveTimeout);
	const metering = { handshakes: flags.handshakes ?? false, payloadBytes: flags.payloadBytes };
	const sink = await openFlowSink(flags.output, inputOptions(flags, metering, complain));
	const open = read.noting((input: NamedInput, options: ReadOptions) => openOnThreads(threads, input, options, inputs));
	const end = new ShutdownSignal();
	end.watch(inputs);
	for (let input = await inputs.next(); input && !end.asked; input = await inputs.next()) {
		try {
			const rotation = rotations.of(input);
			const options = inputOptions(flags, { ...metering, ...(rotation && { rotation }) }, complain);
			const reading = { ...options, purpose: "export" } as const;
			await meterOne(input, () => open(input, reading), sink, end, progress, complain);
		} catch (error) {
			complain(reasonOf(error));
			process.exitCode = error instanceof UsageError ? 2 : 1;
		}
		end.watch(inputs);
	}
	for (const complaint of end.asked ? [] : read.complaints()) {
		complain(complaint);
		process.exitCode ||= 1;
	}
	end[Symbol.dispose]();
	progress.stop();
	await sink.close();
}

async function meterOne(
	input: NamedInput,
	open: () => Promise<OpenedInput | undefined>,
	sink: FlowSink,
	end: ShutdownSignal,
	progress: Progress,
	complain: (line: string) => void,
): Promise<void> {
	const opened = await open();
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
