const MAGIC = Buffer.from("PAR1");

/** Whether an input begins like a Parquet file. */
export function isParquet(head: Uint8Array): boolean {
	return MAGIC.equals(head.subarray(0, MAGIC.length));
}
