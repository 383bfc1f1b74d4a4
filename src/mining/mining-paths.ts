import type { Recognition } from "./recognition.ts";

/**
 * Mining interfaces by the path of an HTTP request: Kadena's mining API (docs.kadena.io, "Mining endpoints") and
 * Signum's, once Burstcoin's (docs.signum.network, "submitNonce"). Wallets and explorers also call `getMiningInfo`.
 */
const PATHS: readonly {
	readonly pattern: RegExp;
	readonly finding: Omit<Recognition, "excerpt" | "message" | "sender">;
}[] = [
	{
		pattern: /^\/chainweb\/[\w.]+\/\w+\/mining\/(work|solved|updates)\b/,
		finding: { protocol: "kadena-mining", coin: "Kadena" },
	},
	{
		pattern: /^\/(?:burst|api)\?(?:\S*&)?requestType=(submitNonce)\b/,
		finding: { protocol: "signum-mining", coin: "Signum" },
	},
];

const LONGEST_PATH = 256;

/** The mining interface that the request line `bytes[begin … end)` names; undefined for any other path. */
export function recognisePath(bytes: Uint8Array, begin: number, end: number): Recognition | undefined {
	if (!mayBeMiningPath(bytes, begin, end)) return undefined;
	const line = Buffer.from(bytes.buffer, bytes.byteOffset + begin, Math.min(end - begin, LONGEST_PATH)).toString(
		"latin1",
	);
	const path = line.slice(line.indexOf(" ") + 1);
	for (const { pattern, finding } of PATHS) {
		const found = pattern.exec(path);
		if (found)
			return { ...finding, message: found[1]!, sender: "miner", excerpt: `${line.slice(0, 5).trim()} … ${found[1]}` };
	}
	return undefined;
}

/** Allocation-free: whether the path of a `GET` or `POST` begins with one of these. */
export function mayBeMiningPath(bytes: Uint8Array, begin: number, end: number): boolean {
	const slash = begin + (bytes[begin] === 0x47 ? 4 : 5);
	if (slash + 5 > end || bytes[slash] !== 0x2f) return false;
	const word = (bytes[slash + 1]! << 24) | (bytes[slash + 2]! << 16) | (bytes[slash + 3]! << 8) | bytes[slash + 4]!;
	return word === CHAINWEB || word === BURST || word === API;
}

const CHAINWEB = 0x63_68_61_69;
const BURST = 0x62_75_72_73;
const API = 0x61_70_69_3f;
