import { Command } from "commander";
import { reasonOf, UsageError } from "../bytes/error.ts";
import type { FlowSink } from "../flow/flow-sink.ts";
import { InputList, type NamedInput } from "./input-list.ts";
import { openFlowSink } from "./open-flow-sink.ts";
import { type InputOptions, openInput } from "./open-input.ts";
import { seconds } from "./option-values.ts";
import { OrderlyEnd } from "./orderly-end.ts";
import { Progress } from "./progress.ts";

interface Options {
	activeTimeout: number;
	inactiveTimeout: number;
	decapsulate?: boolean;
	bpf?: string;
	output: string;
	quiet?: boolean;
}

export function meterCommand(): Command {
	return new Command("meter")
		.description("Turns captures or live traffic into flow records, as ipfixprobe makes them.")
		.argument("<capture...>", "captures (pcap, pcapng; also gzip, zstd), directories, - or live:DEVICE")
		.option("--active-timeout <seconds>", "export flows that go on after so long", seconds, 300)
		.option("--inactive-timeout <seconds>", "export flows that were silent for so long", seconds, 65)
		.option("--decapsulate", "open IP in IP, 6in4, GRE, ERSPAN, VXLAN, GTP-U and Teredo: flows are those inside")
		.option("--bpf <expression>", "meter only packets that match, as tcpdump has it (needs tcpdump)")
		.option("--output <file>", "CSV in NEMEA logger syntax; - is standard output", "-")
		.option("-q, --quiet", "no progress and no warnings")
		.action(meterAction);
}

async function meterAction(names: string[], options: Options): Promise<void> {
	const inputOptions: InputOptions = {
		metering: {
			activeTimeout: options.activeTimeout,
			inactiveTimeout: options.inactiveTimeout,
			decapsulate: options.decapsulate ?? false,
		},
		...(options.bpf && { filter: options.bpf }),
	};
	const sink = await openFlowSink(options.output);
	const progress = new Progress(process.stderr, options.quiet ?? false);
	const complain = (line: string): void => {
		progress.clear();
		if (!options.quiet) console.error(`decrypto: ${line}`);
	};
	using end = new OrderlyEnd();
	const inputs = new InputList(names);
	for (let input = await inputs.next(); input && !end.asked; input = await inputs.next()) {
		try {
			await meterOne(input, inputOptions, sink, end, progress, complain);
		} catch (error) {
			complain(reasonOf(error));
			process.exitCode = error instanceof UsageError ? 2 : 1;
		}
	}
	progress.stop();
	await sink.close();
}

async function meterOne(
	input: NamedInput,
	options: InputOptions,
	sink: FlowSink,
	end: OrderlyEnd,
	progress: Progress,
	complain: (line: string) => void,
): Promise<void> {
	const opened = await openInput(input.name, options, input.directory !== undefined);
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
