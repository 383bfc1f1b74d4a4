import { Command } from "commander";
import { defaultControlSocket } from "../watch/surroundings.ts";
import { positiveInteger } from "./option-values.ts";
import type { SelftestFlags } from "./selftest-flags.ts";
import { surroundingsHere } from "./surroundings.ts";

const DETAILS = `
Without an input the test starts a daemon of its own on loopback, with a store in a temporary directory: does DeCrypto work
on this machine? With an input of the running daemon (decrypto ctl status lists them) the conversation goes through that
daemon, its store and its receivers: does this installation work? Inputs: ipfix+udp://…, ipfix+tcp://…, follow:DIRECTORY,
live:lo. The incident is about 192.0.2.77, an address for documentation (127.0.0.1 for live:lo).

Exit status: 0 the incident was found, 1 it was not, 2 wrong usage.`;

export function selftestCommand(): Command {
	return new Command("selftest")
		.description("Replays the conversation of a made-up miner and waits for the incident.")
		.argument("[input]", "an input of the running daemon")
		.option("--socket <path>", "the daemon's control socket", defaultControlSocket(surroundingsHere()))
		.option("--timeout <seconds>", "wait at most so long for the incident", positiveInteger, 30)
		.addHelpText("after", DETAILS)
		.action(async (input: string | undefined, flags: SelftestFlags) => {
			const { testPrivately, testInput } = await import("./run-selftest.ts");
			await (input === undefined ? testPrivately(flags) : testInput(input, flags));
		});
}
