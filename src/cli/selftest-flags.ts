/** What the command line of `decrypto selftest` says. */
export interface SelftestFlags {
	readonly socket: string;
	/** Seconds. */
	readonly timeout: number;
}
