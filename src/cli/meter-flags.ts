import type { InputFlags } from "./input-flags.ts";

/** What the command line of `decrypto meter` says. */
export interface MeterFlags extends InputFlags {
	readonly handshakes?: boolean;
	readonly threads: number;
	readonly payloadBytes: number;
	readonly output: string;
	readonly quiet?: boolean;
}
