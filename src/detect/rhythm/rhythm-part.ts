import type { PacketTrain } from "./packet-train.ts";

/** Rhythm features that share one pass over the packet train. */
export interface RhythmPart {
	/** Name → meaning and reason, in the order in which {@link compute} writes the values. */
	readonly features: Readonly<Record<string, string>>;
	/**
	 * Writes the features to `out[at …]`, finite numbers only; {@link ABSENT} if the flow has no value. Allocates
	 * nothing.
	 */
	compute(train: PacketTrain, out: Float64Array, at: number): void;
}
