import type { CutObject, CutValue } from "./cut-json.ts";
import { CutText } from "./cut-json.ts";
import { isPrefixedHex, itemsOf, nameOf, textOf } from "./json-shape.ts";
import type { Carrier, Finding } from "./recognition.ts";

/**
 * Ethereum's getwork over a stream (dwarfpool's eth-proxy, 2015). Of the node's many `eth_*` methods only these are a
 * miner's; `eth_mining`, `eth_hashrate`, `eth_coinbase` are questions anybody asks.
 */
const MINERS_METHODS: Readonly<Record<string, true>> = {
	eth_submitLogin: true,
	eth_getWork: true,
	eth_submitWork: true,
	eth_submitHashrate: true,
};

/** `eth_submit` and `eth_getWo`: shorter, `eth_getBalance` and `eth_sub…scribe` are as likely. */
const ENOUGH_OF_METHOD = 9;

export function recogniseEthProxy(message: CutObject, carrier: Carrier): Finding | undefined {
	const method = nameOf(message.get("method"), MINERS_METHODS, ENOUGH_OF_METHOD);
	const params = message.get("params");
	if (method !== undefined) {
		if (params !== undefined && params !== null && itemsOf(params) === undefined) return undefined;
		return { protocol: "eth-proxy", message: method, sender: "miner" };
	}
	if (message.has("method")) return undefined;
	if (message.get("worker") instanceof CutText && isLogin(itemsOf(params))) {
		return { protocol: "eth-proxy", message: "eth_submitLogin", sender: "miner" };
	}
	const work = itemsOf(message.get("result"));
	return work !== undefined && isWork(work, carrier)
		? { protocol: "eth-proxy", message: "reply to eth_getWork", sender: "pool" }
		: undefined;
}

/** The method may stand behind the cut: `{"worker": "rig", "jsonrpc": "2.0", "params": ["0x… wallet", "x"]`. */
function isLogin(params: readonly CutValue[] | undefined): boolean {
	return /^0x[0-9a-fA-F]{40}/.test(textOf(params?.[0]) ?? "");
}

/**
 * `[header hash, seed hash, target]`, often with the height behind it. A node's list of hashes (`eth_getFilterChanges`)
 * looks the same until the target, which is small, but comes in HTTP or a WebSocket: there the target must be seen.
 */
function isWork(work: readonly CutValue[], carrier: Carrier): boolean {
	const [header, seed, target, height] = work;
	if (work.length > 6 || !isPrefixedHex(header, 64, 16)) return false;
	if (seed !== undefined && !isPrefixedHex(seed, 64, 0)) return false;
	if (target !== undefined && !isSmall(target)) return false;
	if (height !== undefined && !(height instanceof CutText || typeof height === "number")) return false;
	return carrier === "stream" || target !== undefined;
}

function isSmall(target: CutValue): boolean {
	const text = textOf(target);
	if (text === undefined || !/^(0x?)?[0-9a-fA-F]{0,64}$/.test(text)) return false;
	return !(target as CutText).whole || text.length < 66 || text.startsWith("0x0000");
}
