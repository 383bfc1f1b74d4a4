import type { BusFlags } from "./bus-flags.ts";

/** What the command line says. */
export interface WorkFlags extends BusFlags {
	readonly name: string;
	readonly model?: string;
	readonly mlThreshold?: number;
	readonly dstThreshold?: number;
	readonly useDstCache?: boolean;
	readonly conversations?: boolean;
	readonly internal?: string;
	readonly pools?: readonly string[];
	readonly poolsDecide?: boolean;
	readonly snapshotEvery: number;
	readonly quiet?: boolean;
}
