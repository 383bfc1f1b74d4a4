import type { FlowColumns } from "./flow-columns.ts";

/** Where flows go: a file or a peer. */
export interface FlowSink {
	/** Takes the flows at these positions of the batch (all where left out); resolves when the batch may be reused. */
	write(flows: FlowColumns, positions?: Uint32Array): Promise<void>;
	/** Writes what is still held and ends the output. */
	close(): Promise<void>;
}
