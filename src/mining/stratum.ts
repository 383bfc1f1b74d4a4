import { coinOfWallet } from "./coins.ts";
import { CutObject, CutText, type CutValue } from "./cut-json.ts";
import { isHex, isHexBlob, isObject, itemsOf, nameOf, textOf } from "./json-shape.ts";
import type { Finding, MiningProtocol } from "./recognition.ts";
import { softwareOf } from "./software.ts";
import { walletPrefix } from "./wallet-prefix.ts";

/**
 * Stratum v1 (Slush's mining protocol, 2012) and its derivatives: `mining.*` methods with parameters in an array.
 * Zcash's is ZIP 301; EthereumStratum/1.0.0 is NiceHash's, 2.0.0 is EIP-1571; Iron Fish has a `body` instead of
 * parameters. New methods may be added: for methods that are not listed here, `id` identifies the sender.
 */
const SENDER_OF_METHOD: Readonly<Record<string, "miner" | "pool">> = {
	"mining.auth": "miner",
	"mining.authorize": "miner",
	"mining.bye": "miner",
	"mining.capabilities": "miner",
	"mining.configure": "miner",
	"mining.extranonce.subscribe": "miner",
	"mining.get_transactions": "miner",
	"mining.get_txnhashes": "miner",
	"mining.get_upstream_info": "miner",
	"mining.hashrate": "miner",
	"mining.hello": "miner",
	"mining.multi_version": "miner",
	"mining.node": "miner",
	"mining.noop": "miner",
	"mining.notify": "pool",
	"mining.passthrough": "miner",
	"mining.ping": "pool",
	"mining.pong": "miner",
	"mining.print": "pool",
	"mining.reconnect": "pool",
	"mining.remote": "miner",
	"mining.set": "pool",
	"mining.set_algo": "pool",
	"mining.set_cleanjobs": "pool",
	"mining.set_difficulty": "pool",
	"mining.set_extranonce": "pool",
	"mining.set_goal": "pool",
	"mining.set_target": "pool",
	"mining.set_version_mask": "pool",
	"mining.submit": "miner",
	"mining.submit_hashrate": "miner",
	"mining.submitted": "pool",
	"mining.subscribe": "miner",
	"mining.subscribed": "pool",
	"mining.suggest_difficulty": "miner",
	"mining.suggest_target": "miner",
	"mining.term": "miner",
	"client.get_version": "pool",
	"client.reconnect": "pool",
	"client.set_extranonce": "pool",
	"client.show_message": "pool",
};

/** Characters of a cut method name that are sufficient: `mining.` and one letter. */
const ENOUGH_OF_METHOD = 8;
const OPEN_METHOD = /^(mining|client)\.[a-z][a-z_.]{1,30}$/;

/** Recognises a request or notification by its method and the form of its parameters. */
export function recogniseStratumCall(message: CutObject): Finding | undefined {
	const value = message.get("method");
	if (!(value instanceof CutText) || !(value.startsWith("mining.") || value.startsWith("client."))) return undefined;
	const method = nameOf(value, SENDER_OF_METHOD, ENOUGH_OF_METHOD) ?? openMethod(value);
	if (method === undefined || !isCalledAsStratum(method, message)) return undefined;
	const items = itemsOf(message.get("params")) ?? [];
	const login = method === "mining.authorize" || method === "mining.submit" ? textOf(items[0]) : undefined;
	return {
		protocol: flavourOf(method, message, items),
		message: method,
		sender: SENDER_OF_METHOD[method] ?? (isNotification(message) ? "pool" : "miner"),
		coin: coinOfWallet(login) ?? coinOfStratum(items),
		software: method === "mining.subscribe" || method === "mining.hello" ? softwareOf(textOf(items[0])) : undefined,
		walletPrefix: walletPrefix(login),
		outcome: method === "mining.notify" ? "working" : undefined,
	};
}

function openMethod(value: CutText): string | undefined {
	return value.whole && value.length <= LONGEST_METHOD && OPEN_METHOD.test(value.text) ? value.text : undefined;
}

const LONGEST_METHOD = 40;

/** A notification of JSON-RPC 1.0 or 2.0: no `id`, or null. */
function isNotification(message: CutObject): boolean {
	return (message.get("id") ?? null) === null;
}

/**
 * Visible parameters must be an array or null; EIP-1571 uses an object or a string for some methods. `client.` is a
 * common prefix: its methods also need JSON-RPC 1.0's `"id":null` with an array, a combination specific to Stratum.
 */
function isCalledAsStratum(method: string, message: CutObject): boolean {
	const params = message.get("params");
	const items = itemsOf(params);
	if (method.startsWith("client.")) {
		if (items === undefined || message.has("jsonrpc")) return false;
		if (method === "client.reconnect" && textOf(items[0]) && items.length > 1) return true;
		if (method === "client.get_version" && items.length === 0) return true;
		return message.get("id") === null && (items.length === 0 || textOf(items[0]) !== undefined);
	}
	if (params === undefined || params === null || items !== undefined || isObject(params)) return true;
	return Object.hasOwn(SENDER_OF_METHOD, method) && (params instanceof CutText || typeof params === "boolean");
}

const COIN_OF_STRATUM: Readonly<Record<string, string>> = { AleoStratum: "Aleo", AlephiumStratum: "Alephium" };

/** The coin that the form of the parameters identifies. */
function coinOfStratum(params: readonly CutValue[]): string | undefined {
	for (const param of params) {
		if (!(param instanceof CutText) || !param.startsWith("Ale")) continue;
		const name = /^(\w+)\/\d/.exec(param.text)?.[1] ?? "";
		if (Object.hasOwn(COIN_OF_STRATUM, name)) return COIN_OF_STRATUM[name];
	}
	return undefined;
}

function flavourOf(method: string, message: CutObject, params: readonly CutValue[]): MiningProtocol {
	if (isObject(message.get("body"))) return "ironfish-stratum";
	if (params.some(isEthereumStratum) || method === "mining.hello") return "ethereum-stratum";
	if (method.startsWith("mining.") && isOfEip1571(message.get("params"))) return "ethereum-stratum";
	if (method === "mining.subscribe" && params.length >= 3 && isZcashSubscription(params)) return "zcash-stratum";
	if (method === "mining.notify" && params.length >= 2) {
		// ZIP 301: job, version, previous block, Merkle root, reserved …; Bitcoin's second parameter is the previous
		// block.
		if (isHex(params[1], 8) && isHex(params[2], 64)) return "zcash-stratum";
		// NiceHash: job, seed hash, header hash, flag to drop older jobs.
		if (isHex(params[1], 64) && isHex(params[2], 64) && typeof params[3] === "boolean") return "ethereum-stratum";
	}
	return "stratum";
}

/** Only EIP-1571 and its derivatives use a single string, boolean or object as parameters. */
function isOfEip1571(params: CutValue | undefined): boolean {
	return params instanceof CutText || params instanceof CutObject || typeof params === "boolean";
}

/** ZIP 301: user agent, session, host, port. */
function isZcashSubscription(params: readonly CutValue[]): boolean {
	const [, session, host, port] = params;
	return (session === null || session instanceof CutText) && textOf(host) !== undefined && port !== null;
}

/**
 * Replies that are recognised by their result alone: to `mining.subscribe`, to `mining.hello` (EIP-1571), to
 * `mining.configure` (BIP 310), and the error triple of Stratum.
 */
export function recogniseStratumReply(message: CutObject): Finding | undefined {
	if (message.has("method") || (!message.has("result") && !message.has("error"))) return undefined;
	const value = message.get("result");
	if (isObject(value)) return recogniseResultObject(value);
	const result = itemsOf(value);
	if (result !== undefined) {
		if (result.some(isEthereumStratum)) return replyTo("mining.subscribe", "ethereum-stratum");
		const protocol = subscriptionReply(result);
		return protocol && replyTo("mining.subscribe", protocol);
	}
	return isStratumError(message)
		? { protocol: "stratum", message: "error reply", sender: "pool", outcome: "refused" }
		: undefined;
}

function recogniseResultObject(result: CutObject): Finding | undefined {
	const proto = result.get("proto");
	if (proto !== undefined && isEthereumStratum(proto)) return replyTo("mining.hello", "ethereum-stratum");
	const accepted = EXTENSIONS.some((name) => typeof result.get(name) === "boolean");
	const mask = isHex(result.get("version-rolling.mask"), 8, 8);
	return accepted || mask ? replyTo("mining.configure", "stratum") : undefined;
}

/** Names of extensions that are specific to BIP 310. */
const EXTENSIONS = ["version-rolling", "minimum-difficulty", "subscribe-extranonce"];

/**
 * `[[["mining.set_difficulty", id], ["mining.notify", id]], extranonce1, size of extranonce2]`; the first item may be a
 * single pair, in which EthereumStratum names itself. Zcash's `[session, nonce1]` is too generic and is not recognised.
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
	// A pool that omits the subscriptions: [[], "08000002", 4].
	const complete = subscriptions.length === 0 && result.length === 3 && typeof result[2] === "number";
	return complete && isHexBlob(result[1], 2, 8) && (result[2] as number) >= 1 && (result[2] as number) <= 16
		? "stratum"
		: undefined;
}

function replyTo(method: string, protocol: MiningProtocol): Finding {
	return { protocol, message: `reply to ${method}`, sender: "pool" };
}

function isEthereumStratum(value: CutValue): boolean {
	return value instanceof CutText && value.startsWith("EthereumStratum/");
}

/**
 * `"error":[20 … 25, text, traceback or null]` without a result: the error codes of Stratum v1 in its specific form.
 */
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
