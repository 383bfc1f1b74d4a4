import type { PacketTrain } from "./packet-train.ts";

/** Some of the rhythm features: those that one look at the packet train gives together. */
export interface RhythmPart {
	/** Name → what it says and why it tells, in the order in which {@link compute} writes the values. */
	readonly features: Readonly<Record<string, string>>;
	/** Writes the features to `out[at …]`, finite numbers only, {@link ABSENT} where the flow gives no answer. Allocates nothing. */
	compute(train: PacketTrain, out: Float64Array, at: number): void;
}
