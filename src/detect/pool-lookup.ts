/** A list of mining pools' addresses (`--pools`). */
export interface PoolLookup {
	/** What the list knows of the end whose address is the 16 bytes at `offset` and whose port is `port`; undefined for nothing. */
	find(addresses: Uint8Array, offset: number, port: number): PoolHit | undefined;
	/** What the list knows of the server whose name is `bytes[begin … end)`, in whatever case; undefined for nothing. */
	findName(bytes: Uint8Array, begin: number, end: number): PoolHit | undefined;
}

export interface PoolHit {
	/** The pool's name. */
	readonly pool?: string;
	readonly coin?: string;
}
