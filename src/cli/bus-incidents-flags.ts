import type { BusFlags } from "./bus-flags.ts";

/** What the command line says. */
export interface BusIncidentsFlags extends BusFlags {
	readonly state: string;
	readonly lateness: number;
	readonly once?: boolean;
}
