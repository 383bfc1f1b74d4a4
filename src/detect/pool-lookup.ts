/** A list of mining pools' addresses (`--pools`). */
export interface PoolLookup {
	/** The list entry for the end with the 16 address bytes at `offset` and this port; undefined if there is none. */
	find(addresses: Uint8Array, offset: number, port: number): PoolHit | undefined;
	/** The list entry for the server name `bytes[begin … end)`, case-insensitive; undefined if there is none. */
	findName(bytes: Uint8Array, begin: number, end: number): PoolHit | undefined;
}

export interface PoolHit {
	/** The pool's name. */
	readonly pool?: string;
	readonly coin?: string;
}
