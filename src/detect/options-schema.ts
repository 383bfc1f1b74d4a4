import { UsageError } from "../bytes/error.ts";
import type { CompatArithmetic } from "./compat/original-arithmetic.ts";
import { DEFAULT_CONVERSATIONS, DEFAULT_OPTIONS, type DetectOptions } from "./options.ts";

/** What people set of the detector, by the keys of {@link DETECT_SETTINGS}. Absent: the default. */
export interface DetectSettings {
	readonly mlThreshold?: number;
	readonly dstThreshold?: number;
	readonly useDstCache?: boolean;
	readonly cacheSize?: number;
	/** Seconds. */
	readonly cacheMaxAge?: number;
	readonly filter?: boolean;
	readonly conversations?: boolean;
	readonly poolsDecide?: boolean;
	readonly compat?: CompatArithmetic;
}

/** One setting: its flag on every command line, what it takes, and what it does. */
export interface DetectSetting<T = unknown> {
	readonly key: keyof DetectSettings;
	/** As commander has it: `-t, --ml-threshold <p>`. */
	readonly flags: string;
	readonly help: string;
	/** What is assumed where the setting is absent; undefined: the model tells, or nothing. */
	readonly fallback?: T;
	readonly choices?: readonly T[];
	/** Reads the value; throws a `UsageError` that says what is expected. Absent: the flag has no value, or one of `choices`. */
	readonly parse?: (text: string) => T;
}

/** All settings of the detector: what `detect`, `minerdetector` and `evaluate` read. To add a setting, add its row. */
export const DETECT_SETTINGS = {
	mlThreshold: {
		key: "mlThreshold",
		flags: "-t, --ml-threshold <p>",
		help: "probability above which shape alone decides (default: the model's; 0.99 with --compat)",
		parse: probability,
	},
	dstThreshold: {
		key: "dstThreshold",
		flags: "-d, --dst-threshold <p>",
		help: "combined probability above which a telling server name and shape decide (default: the model's; 0.03 with --compat)",
		parse: probability,
	},
	useDstCache: {
		key: "useDstCache",
		flags: "-c, --use-dst-cache",
		help: "let flows without a server name take over what was decided for their conversation with one",
	},
	cacheSize: {
		key: "cacheSize",
		flags: "--cache-size <n>",
		help: "conversations that -c remembers",
		fallback: DEFAULT_OPTIONS.cacheSize,
		parse: positiveInteger,
	},
	cacheMaxAge: {
		key: "cacheMaxAge",
		flags: "--cache-max-age <seconds>",
		help: "flow time after which -c forgets",
		fallback: DEFAULT_OPTIONS.cacheMaxAge / 1e6,
		parse: seconds,
	},
	filter: {
		key: "filter",
		flags: "-f, --filter",
		help: "leave out flows to port 443 without a server name",
	},
	conversations: {
		key: "conversations",
		flags: "--conversations",
		help: "report what shape alone finds only if most flows between the two hosts agree",
	},
	poolsDecide: {
		key: "poolsDecide",
		flags: "--pools-decide",
		help: "an end on the list of --pools makes a flow a miner",
	},
	compat: {
		key: "compat",
		flags: "--compat <arithmetic>",
		help: "decide bit for bit as the original, built with this Cython; needs -m",
		choices: ["cython0.29", "cython3"],
	},
} as const satisfies Record<keyof DetectSettings, DetectSetting>;

/** The detector's options. Lists of pools and of networks are added where they are read. */
export function detectOptionsOf(settings: DetectSettings): Omit<DetectOptions, "pools" | "internal"> {
	const { mlThreshold, dstThreshold, compat, useDstCache, filter, conversations, poolsDecide } = settings;
	const { cacheSize = DETECT_SETTINGS.cacheSize.fallback, cacheMaxAge = DETECT_SETTINGS.cacheMaxAge.fallback } =
		settings;
	return {
		...(compat !== undefined && { compat }),
		...(mlThreshold !== undefined && { mlThreshold }),
		...(dstThreshold !== undefined && { dstThreshold }),
		cache: useDstCache ?? false,
		cacheSize,
		cacheMaxAge: cacheMaxAge * 1e6,
		filter: filter ?? false,
		...(conversations && { conversations: DEFAULT_CONVERSATIONS }),
		...(poolsDecide && { poolsDecide }),
	};
}

/** A probability or threshold, 0 … 1. */
export function probability(text: string): number {
	const value = Number(text);
	if (text.trim() === "" || !(value >= 0 && value <= 1)) throw new UsageError("It must be a number from 0 to 1.");
	return value;
}

/** A whole number of at least 1. */
export function positiveInteger(text: string): number {
	const value = Number(text);
	if (!/^\d+$/.test(text.trim()) || value < 1 || !Number.isSafeInteger(value))
		throw new UsageError("It must be a whole number above 0.");
	return value;
}

/** A number of seconds above 0. */
export function seconds(text: string): number {
	const value = Number(text);
	if (text.trim() === "" || !(value > 0 && value <= 2 ** 31))
		throw new UsageError("It must be a number of seconds above 0.");
	return value;
}
