import { DeCryptoError } from "../../bytes/error.ts";

/** The newest block that a node knows. */
export interface NodeBlock {
	readonly height: number;
	/** Changes where a block is replaced by another of the same height. */
	readonly hash: string;
}

/** A node of the operator's own. It is asked for its newest block; the time of a new one is when the node first had it. */
export interface NodeAddress {
	readonly coin: "Monero" | "Bitcoin";
	/** `http://HOST:PORT`, with a path where the node wants one. */
	readonly url: string;
	/** Bitcoin's RPC asks for these. */
	readonly user?: string;
	readonly password?: string;
}

const TIMEOUT_MS = 5000;
/** A header is some hundred bytes: a longer answer is not one. */
const LONGEST_ANSWER = 1 << 16;

/**
 * Asks a node for its newest block: Monero's `get_last_block_header` (monerod JSON-RPC), Bitcoin's `getblockchaininfo`.
 * Throws (code `node`) where it does not answer in time, or with something else.
 */
export async function newestBlock(node: NodeAddress): Promise<NodeBlock> {
	const method = node.coin === "Monero" ? "get_last_block_header" : "getblockchaininfo";
	const result = await call(node, method);
	const header = node.coin === "Monero" ? member(result, "block_header") : result;
	const height = member(header, node.coin === "Monero" ? "height" : "blocks");
	const hash = member(header, node.coin === "Monero" ? "hash" : "bestblockhash");
	if (typeof height === "number" && typeof hash === "string") return { height, hash };
	throw new DeCryptoError("node", `${node.url}: the answer has no block`);
}

async function call({ url, coin, user, password }: NodeAddress, method: string): Promise<unknown> {
	const address = coin === "Monero" ? new URL("/json_rpc", url) : new URL(url);
	const headers: Record<string, string> = { "content-type": "application/json" };
	if (user !== undefined)
		headers.authorization = `Basic ${Buffer.from(`${user}:${password ?? ""}`).toString("base64")}`;
	try {
		const response = await fetch(address, {
			method: "POST",
			headers,
			body: JSON.stringify({ jsonrpc: "2.0", id: "decrypto", method, params: coin === "Monero" ? {} : [] }),
			signal: AbortSignal.timeout(TIMEOUT_MS),
			redirect: "error",
		});
		if (!response.ok) throw new Error(`HTTP status ${response.status}`);
		return member(JSON.parse(await boundedText(response)), "result");
	} catch (error) {
		throw new DeCryptoError("node", `${url}: ${error instanceof Error ? error.message : error}`, { url }, error);
	}
}

async function boundedText(response: Response): Promise<string> {
	const parts: Uint8Array[] = [];
	let length = 0;
	for await (const part of response.body ?? []) {
		length += part.length;
		if (length > LONGEST_ANSWER) throw new Error("the answer is too long");
		parts.push(part);
	}
	return Buffer.concat(parts).toString();
}

function member(value: unknown, key: string): unknown {
	return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[key] : undefined;
}
