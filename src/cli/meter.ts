import { Command } from "commander";
import { SourceThreads } from "../run/source-threads.ts";
import { addMeteringFlags, addThreadsFlag, addTlsFlags } from "./input-flags.ts";
import type { MeterFlags } from "./meter-flags.ts";
import { wholeNumber } from "./option-values.ts";

const DETAILS = `
Outputs:
  FILE.csv, -           CSV in NEMEA logger syntax
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

/** What writes is loaded after the thread that reads has begun to load, and not at all where one asks for help. */
async function meterAction(names: string[], flags: MeterFlags): Promise<void> {
	await using threads = flags.threads > 1 ? new SourceThreads(flags.threads - 1) : undefined;
	const { runMeter } = await import("./run-meter.ts");
	await runMeter(names, flags, threads);
}
