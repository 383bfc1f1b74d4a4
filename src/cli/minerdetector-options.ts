import { Command, InvalidArgumentError, type Option } from "commander";
import { DeCryptoError } from "../bytes/error.ts";
import { DEFAULT_BUFFER_BYTES, DEFAULT_BUFFER_FLOWS } from "../detect/buffer.ts";
import type { CompatArithmetic } from "../detect/compat/original-arithmetic.ts";
import { DETECT_SETTINGS, type DetectSetting } from "../detect/options-schema.ts";
import { settingOption } from "./detect-setting.ts";

/** The command line of `minerdetector`, checked. */
export interface ModuleOptions {
	readonly specifier: string;
	readonly model?: string;
	readonly buffer?: number;
	readonly bufferBytes: number;
	readonly useDstCache: boolean;
	readonly filter: boolean;
	readonly dstThreshold?: number;
	readonly mlThreshold?: number;
	readonly verifyMode: boolean;
	readonly compat?: CompatArithmetic;
	/** Seconds. */
	readonly quietAfter: number;
	readonly oldAfter: number;
	readonly stopPatience: number;
	readonly endOfStream: boolean;
	readonly service: boolean;
	readonly socketDir?: string;
}

const DETAILS = `
Interfaces (-i IN,OUT):
  u:NAME                        Unix socket trap-NAME.sock in the socket directory
  t:[HOST:]PORT                 TCP
  T:[HOST:]PORT:KEY:CERT:CA     TLS, with certificates on both sides
  f:PATH[:w|a][:time=M][:size=MB]
                                trapcap files, * and ~ in PATH; - is standard input or output;
                                as output written anew (w) or beside what is there (a), a new
                                file every M minutes or MB megabytes
  b:                            blackhole (output)
  with :timeout=WAIT|HALF_WAIT|NO_WAIT :buffer=on|off :autoflush=off|MICROSECONDS
       :max_clients=N :buffer_count=N :buffer_size=BYTES (outputs)

Exit status: 0 done; 1 a bad value, something failed, or an input was damaged; 2 wrong usage.`;

/** Parses the command line. Throws commander's errors for wrong usage, a `DeCryptoError` for values out of range. */
export function parseModuleOptions(args: readonly string[], socketDir: string | undefined): ModuleOptions {
	const command = new Command("minerdetector")
		.description("DeCrypto as a NEMEA module: UniRec flows in, UniRec records of the miners among them out.")
		.requiredOption("-i <ifcs>", "TRAP interfaces: one input, one output, parted by a comma (see below)")
		.option("-m, --model <file>", "model file or scikit-learn pickle (default: the one that comes with decrypto)")
		.option(
			"-b, --buffer <flows>",
			`decide in batches of so many flows (default: ${DEFAULT_BUFFER_FLOWS} with --compat, else as they come)`,
			integer("-b/--buffer"),
		)
		.addOption(settingOption(DETECT_SETTINGS.useDstCache))
		.addOption(settingOption(DETECT_SETTINGS.filter))
		.addOption(asOriginal(DETECT_SETTINGS.dstThreshold, "-d/--dst-threshold"))
		.addOption(asOriginal(DETECT_SETTINGS.mlThreshold, "-t/--ml-threshold"))
		.option("-v, --verify-mode", "compare the verdicts with the field LABEL, and print how good they were at the end")
		.addOption(settingOption(DETECT_SETTINGS.compat))
		.option("--buffer-bytes <n>", "memory a buffer may take", integer("--buffer-bytes"), DEFAULT_BUFFER_BYTES)
		.option("--quiet-after <s>", "on sockets: decide a buffer after so long without a flow", float("--quiet-after"), 1)
		.option("--old-after <s>", "on sockets: decide a buffer when it is so old", float("--old-after"), 5)
		.option("--stop-patience <s>", "told to end: wait so long for a receiver", float("--stop-patience"), 5)
		.option("--end-of-stream", "tell receivers when the input has ended (the original does not)")
		.option("--no-service", "no service socket for the supervisor and trap_stats")
		.option("--socket-dir <dir>", "where sockets stand (default: TRAP_SOCKET_DIR, /run/libtrap or /tmp)", socketDir)
		.addHelpText("after", DETAILS)
		.helpOption("-h, --help", "print this help")
		.exitOverride()
		.configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, "minerdetector: ")) })
		.parse(args, { from: "user" });
	const { i: specifier, ...rest } = command.opts();
	return checked({
		useDstCache: false,
		filter: false,
		verifyMode: false,
		endOfStream: false,
		specifier,
		...rest,
	} as ModuleOptions);
}

/** The original answers these with one line and exit status 1. */
function checked(options: ModuleOptions): ModuleOptions {
	const { buffer, dstThreshold, mlThreshold, compat, model } = options;
	if (buffer !== undefined && buffer <= 0) throw badValue("buffer", `${buffer} is not above 0`);
	if (dstThreshold !== undefined && !isProbability(dstThreshold)) {
		throw badValue("DST threshold", `${dstThreshold} is not within 0 and 1`);
	}
	if (mlThreshold !== undefined && !isProbability(mlThreshold)) {
		throw badValue("ML threshold", `${mlThreshold} is not within 0 and 1`);
	}
	for (const name of ["bufferBytes", "quietAfter", "oldAfter"] as const) {
		if (!(options[name] > 0)) throw badValue(name, `${options[name]} is not above 0`);
	}
	if (!(options.stopPatience >= 0)) throw badValue("stopPatience", `${options.stopPatience} is below 0`);
	if (compat && !model) {
		throw new DeCryptoError(
			"failed",
			"--compat decides with the original's model, which is not ours to ship: name it with -m",
		);
	}
	return options;
}

function badValue(what: string, why: string): DeCryptoError {
	return new DeCryptoError("failed", `Bad value for ${what}: ${why}`);
}

function isProbability(value: number): boolean {
	return value >= 0 && value <= 1;
}

function integer(name: string): (text: string) => number {
	return (text) => {
		if (/^\s*[+-]?\d+\s*$/.test(text)) return Number(text);
		throw new InvalidArgumentError(`argument ${name}: invalid int value: '${text}'`);
	};
}

/** The original reads numbers in its own words, and refuses those out of range later. */
function asOriginal(setting: DetectSetting, name: string): Option {
	return settingOption({ ...setting, parse: float(name) });
}

function float(name: string): (text: string) => number {
	return (text) => {
		const value = Number(text);
		if (text.trim() !== "" && !Number.isNaN(value)) return value;
		throw new InvalidArgumentError(`argument ${name}: invalid float value: '${text}'`);
	};
}
