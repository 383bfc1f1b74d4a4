import type { Template } from "./template.ts";

/**
 * A run of UniRec records as they came, all of one template: record i is `bytes[begins[i] … ends[i])`.
 * Arrays may be longer than `length`. A batch is valid until the next pull, unless it is transferred.
 */
export interface RecordBatch {
	readonly template: Template;
	readonly length: number;
	readonly bytes: Uint8Array;
	readonly begins: Uint32Array;
	readonly ends: Uint32Array;
}
