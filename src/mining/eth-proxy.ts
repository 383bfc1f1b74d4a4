import type { CutObject, CutValue } from "./cut-json.ts";
import { CutArray, CutText } from "./cut-json.ts";
import { isObject, isPrefixedHex, itemsOf, nameOf, textOf } from "./json-shape.ts";
import type { Carrier, Finding } from "./recognition.ts";
import { walletPrefix } from "./wallet-prefix.ts";

/**
 * Ethereum's getwork over a stream (dwarfpool's eth-proxy, 2015). Of the node's many `eth_*` methods only these are
 * specific to miners; other clients also call `eth_mining`, `eth_hashrate` and `eth_coinbase`.
 */
const MINERS_METHODS: Readonly<Record<string, true>> = {
	eth_submitLogin: true,
	eth_getWork: true,
	eth_submitWork: true,
	eth_submitHashrate: true,
};

/** The same methods of Quai (go-quai, "quaiapi"; go-quai-stratum); no other chain uses these names. */
const METHODS_OF_QUAI: Readonly<Record<string, true>> = {
	quai_submitLogin: true,
	quai_getWork: true,
	quai_getPendingHeader: true,
	quai_receiveMinedHeader: true,
	quai_submitWork: true,
	quai_submitHashrate: true,
};

/** `eth_submit` and `eth_getWo`; a shorter prefix would also match `eth_getBalance` and `eth_subscribe`. */
const ENOUGH_OF_METHOD = 9;

export function recogniseEthProxy(message: CutObject, carrier: Carrier): Finding | undefined {
	const value = message.get("method");
	if (value !== undefined) return value instanceof CutText ? call(value, message) : undefined;
	const params = itemsOf(message.get("params"));
	if (message.get("worker") instanceof CutText && isLogin(params)) {
		return {
			protocol: "eth-proxy",
			message: "eth_submitLogin",
			sender: "miner",
			walletPrefix: walletPrefix(textOf(params?.[0])),
		};
	}
	const work = message.get("result");
	if (!(work instanceof CutArray)) return undefined;
	const isReply = isWork(work.items) || (carrier === "stream" && mayBecomeWork(work));
	return isReply ? workFinding("reply to eth_getWork") : undefined;
}

function call(value: CutText, message: CutObject): Finding | undefined {
	const params = message.get("params");
	const items = itemsOf(params);
	if (params !== undefined && params !== null && items === undefined) {
		return value.text === "eth_subscription" ? pushedWork(params) : undefined;
	}
	const method = nameOf(value, MINERS_METHODS, ENOUGH_OF_METHOD);
	if (method !== undefined) {
		const login = method === "eth_submitLogin" ? textOf(items?.[0]) : undefined;
		return { protocol: "eth-proxy", message: method, sender: "miner", walletPrefix: walletPrefix(login) };
	}
	const ofQuai = nameOf(value, METHODS_OF_QUAI, ENOUGH_OF_METHOD);
	if (ofQuai !== undefined) return { protocol: "quai-stratum", message: ofQuai, sender: "miner", coin: "Quai" };
	// stratum-jsonrpc2-ws: a subscription that nodes do not offer.
	return value.text === "eth_subscribe" && textOf(items?.[0]) === "newWork"
		? { protocol: "eth-proxy", message: "eth_subscribe", sender: "miner" }
		: undefined;
}

/** stratum-jsonrpc2-ws: `[job, header hash, seed hash, target, height, extranonce]` as the result of a subscription. */
function pushedWork(params: CutValue): Finding | undefined {
	const [job, ...work] = (isObject(params) && itemsOf(params.get("result"))) || [];
	return job instanceof CutText && isWork(work) ? workFinding("eth_subscription") : undefined;
}

function workFinding(message: string): Finding {
	return { protocol: "eth-proxy", message, sender: "pool", outcome: "working" };
}

/**
 * The method may be missing because the message is cut: `{"worker": "rig", "jsonrpc": "2.0", "params": ["0x… wallet",
 * "x"]`.
 */
function isLogin(params: readonly CutValue[] | undefined): boolean {
	return /^0x[0-9a-fA-F]{40}/.test(textOf(params?.[0]) ?? "");
}

/**
 * `[header hash, seed hash, target]`, often followed by the height. A node's list of hashes (`eth_getFilterChanges`)
 * looks the same up to the target. The target is a small number, so it must be seen.
 */
function isWork(work: readonly CutValue[]): boolean {
	const [header, seed, target, height] = work;
	if (work.length < 3 || work.length > 6) return false;
	if (!isPrefixedHex(header, 64, 16) || !isPrefixedHex(seed, 64, 16) || !isSmall(target!)) return false;
	return height === undefined || height instanceof CutText || typeof height === "number";
}

/** Cut before the target: nodes rarely answer over a bare stream, and the request in the other direction decides. */
function mayBecomeWork(work: CutArray): boolean {
	const { items } = work;
	if (work.whole || items.length > 3 || !isPrefixedHex(items[0], 64, 16)) return false;
	const seed = items[1];
	const isSeedUnseen = seed === undefined || (seed instanceof CutText && !seed.whole && seed.length < 2);
	if (!isSeedUnseen && !isPrefixedHex(seed, 64, 0)) return false;
	return items[2] === undefined || (items[2] instanceof CutText && !items[2].whole && items[2].length < 6);
}

/** A number that begins with two zero bytes, or that is written without leading zeros. */
function isSmall(target: CutValue): boolean {
	if (!(target instanceof CutText)) return false;
	if (target.startsWith("0x0000")) return isPrefixedHex(target, target.length - 2, 4);
	return target.whole && target.length < 66 && /^(0x)?[0-9a-fA-F]{4,64}$/.test(target.text);
}
