/** One message of the conversation that the self-test replays. */
export interface Utterance {
	readonly from: "miner" | "pool";
	readonly text: string;
}

/** Addresses for documentation (RFC 5737): they occur in no network. */
export const TEST_MINER = "192.0.2.77";
export const TEST_POOL = { address: "198.51.100.77", port: 3333 } as const;

/** A miner logs in, gets work and hands in a share, as Monero's miners do (docs/protocols.md). Everything in it is made up. */
export const CONVERSATION: readonly Utterance[] = [
	message("miner", {
		id: 1,
		jsonrpc: "2.0",
		method: "login",
		params: { login: "decrypto-selftest", pass: "x", agent: "decrypto-selftest/1" },
	}),
	message("pool", {
		id: 1,
		jsonrpc: "2.0",
		error: null,
		result: { id: "selftest", job: job("1", 1), status: "OK" },
	}),
	message("miner", {
		id: 2,
		jsonrpc: "2.0",
		method: "submit",
		params: { id: "selftest", job_id: "1", nonce: "00000001", result: "00".repeat(32) },
	}),
	message("pool", { id: 2, jsonrpc: "2.0", error: null, result: { status: "OK" } }),
	message("pool", { jsonrpc: "2.0", method: "job", params: job("2", 2) }),
];

/** What one end says, first words first. */
export function wordsOf(end: Utterance["from"]): Uint8Array {
	return Buffer.from(
		CONVERSATION.filter(({ from }) => from === end)
			.map(({ text }) => text)
			.join(""),
	);
}

function message(from: Utterance["from"], value: object): Utterance {
	return { from, text: `${JSON.stringify(value)}\n` };
}

function job(id: string, height: number) {
	return { blob: "10".repeat(76), job_id: id, target: "b88d0600", algo: "rx/0", height, seed_hash: "5e".repeat(32) };
}
