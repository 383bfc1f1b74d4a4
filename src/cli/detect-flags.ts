import type { Format } from "../output/formats.ts";
import type { InputFlags } from "./input-flags.ts";

/** What the command line of `decrypto detect` says. */
export interface DetectFlags extends InputFlags {
	readonly model?: string;
	readonly buffer?: number;
	readonly useDstCache?: boolean;
	readonly filter?: boolean;
	readonly dstThreshold?: number;
	readonly mlThreshold?: number;
	readonly verifyMode?: boolean;
	readonly compat?: "cython0.29" | "cython3";
	readonly cacheSize: number;
	readonly cacheMaxAge: number;
	readonly conversations?: boolean;
	readonly internal?: string;
	readonly pools?: string;
	readonly poolsDecide?: boolean;
	readonly threads: number;
	readonly payloadBytes: number;
	readonly format?: Format;
	readonly all?: boolean;
	readonly output?: string;
	readonly writePcap?: string;
	readonly report?: string;
	readonly earlyRecords?: boolean;
	readonly failOnMiner?: boolean;
	readonly quiet?: boolean;
	readonly color: boolean;
}
