import type { DetectSettings } from "../detect/options-schema.ts";
import type { Format } from "../output/formats.ts";
import type { IncidentFlags } from "./incident-flags.ts";
import type { InputFlags } from "./input-flags.ts";

/** What the command line of `decrypto detect` says. */
export interface DetectFlags extends InputFlags, IncidentFlags, DetectSettings {
	readonly model?: string;
	readonly buffer?: number;
	readonly verifyMode?: boolean;
	readonly pools?: readonly string[];
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
