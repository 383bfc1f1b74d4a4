import { Command } from "commander";
import { addBusFlag, defaultNodeName, mebibytes, nodeName } from "./bus-flags.ts";
import { addMeteringFlags, addTlsFlags } from "./input-flags.ts";
import { networks, wholeNumber } from "./option-values.ts";
import type { SenseFlags } from "./sense-flags.ts";

const SPOOL_MIB = 1024;
const PAYLOAD_BYTES = 512;

const DETAILS = `
Live inputs never wait for the bus: what it does not take goes to the spool, and is dropped and counted when that is full.
Files wait.`;

export function senseCommand(): Command {
	const command = addBusFlag(new Command("sense"))
		.description("A sensor: reads any input and publishes its flows on a bus.")
		.argument("<input...>", "captures, flow files, directories, -, live:DEVICE, ipfix+udp://HOST")
		.option("--name <name>", "the sensor's name, which incidents show (default: machine and process)", nodeName)
		.option(
			"--internal <nets>",
			"networks that are ours, as 10.0.0.0/8,2001:db8::/32: all flows of a host meet in one worker",
			networks,
		)
		.option("--spool <dir>", "where flows wait while the bus does not take them; one directory per sensor")
		.option("--spool-size <MiB>", "what the spool may hold", mebibytes, SPOOL_MIB * 2 ** 20)
		.option("--payload-bytes <n>", "first payload of each direction that is sent", wholeNumber, PAYLOAD_BYTES)
		.option("-q, --quiet", "no progress and no warnings");
	return addTlsFlags(addMeteringFlags(command))
		.addHelpText("after", DETAILS)
		.action(async (names: string[], flags: SenseFlags) => {
			const { runSense } = await import("./run-sense.ts");
			await runSense(names, { ...flags, name: flags.name ?? defaultNodeName() });
		});
}
