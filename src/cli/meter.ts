import { Command } from "commander";
import { reasonOf, UsageError } from "../bytes/error.ts";
import type { FlowSink } from "../flow/flow-sink.ts";
import { DirectoryRotation } from "./directory-rotation.ts";
import { addMeteringFlags, addThreadsFlag, addTlsFlags, type InputFlags, inputOptions } from "./input-flags.ts";
import { InputList, type NamedInput } from "./input-list.ts";
import { openFlowSink } from "./open-flow-sink.ts";
import type { InputOptions } from "./open-input.ts";
import { wholeNumber } from "./option-values.ts";
import { OrderlyEnd } from "./orderly-end.ts";
import { Progress } from "./progress.ts";
import { openOnThread, SourceThread } from "./threaded-source.ts";

interface MeterFlags extends InputFlags {
	readonly handshakes?: boolean;
	readonly threads: number;
	readonly payloadBytes: number;
	readonly output: string;
	readonly quiet?: boolean;
}

const DETAILS = `
Outputs:
  FILE, -               CSV in NEMEA logger syntax
  FILE.ipfix            an IPFIX file
  FILE.parquet          a Parquet file
  ipfix+tcp://HOST      an IPFIX collector; also ipfix+tls and ipfix+udp
  u:NAME, t:PORT        a NEMEA interface (docs/nemea.md), or a .trapcap file`;

export function meterCommand(): Command {
	const command = new Command("meter")
		.description("Turns captures or live traffic into flow records, as the exporter ipfixprobe makes them.")
		.argument("<capture...>", "captures (pcap, pcapng; also gzip, zstd), directories, - or live:DEVICE");
	return addTlsFlags(addThreadsFlag(addMeteringFlags(command)))
		.option(
			"--handshakes",
			"read ClientHellos that span segments, and QUIC's; with ALPN, JA3, JA4 in columns of their own",
		)
		.option(
			"--payload-bytes <n>",
			"first payload of each direction, joined over segments, in columns of its own",
			wholeNumber,
			0,
		)
		.optionsGroup("Output:")
		.option("--output <where>", "a file or a collector; - is standard output", "-")
		.option("-q, --quiet", "no progress and no warnings")
		.addHelpText("after", DETAILS)
		.action(meterAction);
}

async function meterAction(names: string[], flags: MeterFlags): Promise<void> {
	const progress = new Progress(process.stderr, flags.quiet ?? false);
	const complain = (line: string): void => {
		progress.clear();
		if (!flags.quiet) console.error(`decrypto: ${line}`);
	};
	await using thread = flags.threads > 1 ? new SourceThread() : undefined;
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
			await meterOne(input, options, inputs, thread, sink, end, progress, complain);
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
	thread: SourceThread | undefined,
	sink: FlowSink,
	end: OrderlyEnd,
	progress: Progress,
	complain: (line: string) => void,
): Promise<void> {
	const opened = await openOnThread(thread, input, options, () => inputs.peek() !== undefined);
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
