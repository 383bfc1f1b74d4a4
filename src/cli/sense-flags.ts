import type { BusFlags } from "./bus-flags.ts";
import type { InputFlags } from "./input-flags.ts";

/** What the command line says. */
export interface SenseFlags extends InputFlags, BusFlags {
	readonly name: string;
	readonly internal?: string;
	readonly spool?: string;
	readonly spoolSize: number;
	readonly payloadBytes: number;
	readonly quiet?: boolean;
}
