import type { Recognition } from "./recognition.ts";
import { latin1 } from "./text-memory.ts";
import { shortPrefix } from "./wallet-prefix.ts";

/**
 * Duino-Coin's text protocol (duino-coin wiki, "Create your own miner"): `JOB,user,difficulty class …` from the miner,
 * `last hash,expected hash,difficulty` from the pool, the hashes SHA-1.
 */
export function recogniseDuinoCoin(bytes: Uint8Array, begin: number, end: number): Recognition | undefined {
	if (!mayBeDuinoCoin(bytes, begin, end)) return undefined;
	const text = latin1(bytes, begin, Math.min(end, begin + LONGEST_LINE));
	const job = /^JOB,([\w.-]{1,40}),(LOW|MEDIUM|NET|EXTREME|ESP32S?|ESP8266H?|AVR|ARM|DUE|RP2040)\b/.exec(text);
	if (job) return found("JOB", "miner", `JOB,${shortPrefix(job[1]!)}…,${job[2]}`);
	const work = /^[0-9a-f]{40},[0-9a-f]{40},\d{1,9}(?=\n|$)/.test(text);
	return work
		? { ...found("job", "pool", `${text.slice(0, 6)}…,${text.slice(41, 47)}…`), outcome: "working" }
		: undefined;
}

const LONGEST_LINE = 128;
const HASH_DIGITS = 40;

/** Allocation-free: whether the bytes begin with `JOB,` or with two hashes, each followed by a comma. */
export function mayBeDuinoCoin(bytes: Uint8Array, begin: number, end: number): boolean {
	if (end - begin < 8) return false;
	if (bytes[begin] === 0x4a) return bytes[begin + 1] === 0x4f && bytes[begin + 2] === 0x42 && bytes[begin + 3] === 0x2c;
	const second = begin + 2 * HASH_DIGITS + 1;
	return second < end && bytes[begin + HASH_DIGITS] === 0x2c && bytes[second] === 0x2c;
}

function found(message: string, sender: "miner" | "pool", excerpt: string): Recognition {
	return { protocol: "duino-coin", message, sender, coin: "Duino-Coin", excerpt };
}
