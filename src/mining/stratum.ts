import { coinOfWallet } from "./coins.ts";
import { CutObject, CutText, type CutValue } from "./cut-json.ts";
import { isHex, isHexBlob, itemsOf, nameOf, textOf } from "./json-shape.ts";
import type { Finding, MiningProtocol } from "./recognition.ts";
import { softwareOf } from "./software.ts";

/**
 * Stratum v1 (Slush's mining protocol, 2012) and what was made of it: `mining.*` methods with parameters in an array.
 * Zcash's is ZIP 301; EthereumStratum/1.0.0 is NiceHash's, 2.0.0 is EIP-1571. Who sends which method:
 */
const SENDER_OF_METHOD: Readonly<Record<string, "miner" | "pool">> = {
	"mining.authorize": "miner",
	"mining.bye": "miner",
	"mining.capabilities": "miner",
	"mining.configure": "miner",
	"mining.extranonce.subscribe": "miner",
	"mining.get_transactions": "miner",
	"mining.get_upstream_info": "miner",
	"mining.hashrate": "miner",
	"mining.hello": "miner",
	"mining.multi_version": "miner",
	"mining.noop": "miner",
	"mining.notify": "pool",
	"mining.ping": "pool",
	"mining.pong": "miner",
	"mining.set": "pool",
	"mining.set_algo": "pool",
	"mining.set_difficulty": "pool",
	"mining.set_extranonce": "pool",
	"mining.set_goal": "pool",
	"mining.set_target": "pool",
	"mining.set_version_mask": "pool",
	"mining.submit": "miner",
	"mining.submit_hashrate": "miner",
	"mining.subscribe": "miner",
	"mining.suggest_difficulty": "miner",
	"mining.suggest_target": "miner",
	"client.get_version": "pool",
	"client.reconnect": "pool",
};

/** Characters of a cut method name that are enough: `mining.` and one letter. */
const ENOUGH_OF_METHOD = 8;

/** A request or notification, told by its method; parameters, where seen, are an array (EIP-1571: or an object). */
export function recogniseStratumCall(message: CutObject): Finding | undefined {
	const method = nameOf(message.get("method"), SENDER_OF_METHOD, ENOUGH_OF_METHOD);
	if (method === undefined) return undefined;
	const params = message.get("params");
	const items = itemsOf(params);
	if (params !== undefined && params !== null && items === undefined && !(params instanceof CutObject))
		return undefined;
	// Both names are short and ordinary: without their parameters they are not enough.
	if (method === "client.reconnect" && !(textOf(items?.[0]) && items!.length > 1)) return undefined;
	if (method === "client.get_version" && items?.length !== 0) return undefined;
	return {
		protocol: flavourOf(method, items ?? []),
		message: method,
		sender: SENDER_OF_METHOD[method]!,
		coin: method === "mining.authorize" || method === "mining.submit" ? coinOfWallet(textOf(items?.[0])) : undefined,
		software: method === "mining.subscribe" ? softwareOf(textOf(items?.[0])) : undefined,
	};
}

function flavourOf(method: string, params: readonly CutValue[]): MiningProtocol {
	if (params.some(isEthereumStratum)) return "ethereum-stratum";
	if (method === "mining.hello") return "ethereum-stratum";
	if (method === "mining.subscribe" && params.length >= 3 && isZcashSubscription(params)) return "zcash-stratum";
	if (method === "mining.notify" && params.length >= 2) {
		// ZIP 301: job, version, previous block, Merkle root, reserved …; Bitcoin's second parameter is the previous block.
		if (isHex(params[1], 8) && isHex(params[2], 64)) return "zcash-stratum";
		// NiceHash: job, seed hash, header hash, whether to drop older jobs.
		if (isHex(params[1], 64) && isHex(params[2], 64) && typeof params[3] === "boolean") return "ethereum-stratum";
	}
	return "stratum";
}

/** ZIP 301: user agent, session, host, port. */
function isZcashSubscription(params: readonly CutValue[]): boolean {
	const [, session, host, port] = params;
	return (session === null || session instanceof CutText) && textOf(host) !== undefined && port !== null;
}

/** What a reply may be to, told by its result alone: the error triple of Stratum, and the reply to `mining.subscribe`. */
export function recogniseStratumReply(message: CutObject): Finding | undefined {
	if (!message.has("result") && !message.has("error")) return undefined;
	if (message.has("method")) return undefined;
	const result = itemsOf(message.get("result"));
	if (result !== undefined) {
		if (result.some(isEthereumStratum)) return subscribed("ethereum-stratum");
		const protocol = subscriptionReply(result);
		return protocol && subscribed(protocol);
	}
	return isStratumError(message) ? { protocol: "stratum", message: "error reply", sender: "pool" } : undefined;
}

/**
 * `[[["mining.set_difficulty", id], ["mining.notify", id]], extranonce1, size of extranonce2]`; the first item may be one
 * such pair, and EthereumStratum names itself in it. Zcash's `[session, nonce1]` says too little and is not recognised.
 */
function subscriptionReply(result: readonly CutValue[]): MiningProtocol | undefined {
	const subscriptions = itemsOf(result[0]);
	if (subscriptions === undefined) return undefined;
	const pairs = itemsOf(subscriptions[0]) ? subscriptions : [result[0]!];
	for (const pair of pairs) {
		const items = itemsOf(pair) ?? [];
		if (items.some(isEthereumStratum)) return "ethereum-stratum";
		if (nameOf(items[0], SENDER_OF_METHOD, ENOUGH_OF_METHOD)?.startsWith("mining.")) return "stratum";
	}
	// A pool that leaves the subscriptions out: [[], "08000002", 4].
	const complete = subscriptions.length === 0 && result.length === 3 && typeof result[2] === "number";
	return complete && isHexBlob(result[1], 2, 8) && (result[2] as number) >= 1 && (result[2] as number) <= 16
		? "stratum"
		: undefined;
}

function subscribed(protocol: MiningProtocol): Finding {
	return { protocol, message: "reply to mining.subscribe", sender: "pool" };
}

function isEthereumStratum(value: CutValue): boolean {
	return value instanceof CutText && value.startsWith("EthereumStratum/");
}

/** `"error":[20 … 25, text, traceback or null]` with no result: the error codes of Stratum v1 in its own form. */
function isStratumError(message: CutObject): boolean {
	const result = message.get("result");
	const error = itemsOf(message.get("error"));
	if (error === undefined || (result !== undefined && result !== null && result !== false)) return false;
	if (!message.has("id") && message.whole) return false;
	const [code, text, trace] = error;
	return (
		typeof code === "number" &&
		Number.isInteger(code) &&
		code >= 20 &&
		code <= 25 &&
		text instanceof CutText &&
		(trace === undefined || trace === null || trace instanceof CutText) &&
		error.length <= 3
	);
}
