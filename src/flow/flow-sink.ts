import type { FlowColumns } from "./flow-columns.ts";

/** A destination of flows: a file or a peer. */
export interface FlowSink {
	/** Writes the flows at these positions of the batch (default: all); resolves when the batch may be reused. */
	write(flows: FlowColumns, positions?: Uint32Array): Promise<void>;
	/** Writes the buffered flows and ends the output. */
	close(): Promise<void>;
}
