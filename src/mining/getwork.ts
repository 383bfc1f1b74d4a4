import { coinOfWallet } from "./coins.ts";
import type { CutObject, CutValue } from "./cut-json.ts";
import { isHexBlob, isObject, itemsOf, membersAmong, textOf } from "./json-shape.ts";
import type { Carrier, Finding } from "./recognition.ts";
import { walletPrefix } from "./wallet-prefix.ts";

/**
 * Bitcoin's getwork (2010) and getblocktemplate (BIP 22, BIP 23), and Monero's calls of the second name, mostly in
 * HTTP. Block explorers and wallets also request templates from a node. Therefore a request must contain a part that
 * only miners send, and a reply a part that only pools and mining nodes send.
 */
export function recogniseGetwork(message: CutObject, carrier: Carrier): Finding | undefined {
	const method = textOf(message.get("method"));
	if (method !== undefined) return call(method, message, carrier);
	const result = message.get("result");
	if (!isObject(result)) return undefined;
	if (membersAmong(result, WORK_MEMBERS) >= 2 && isHexBlob(result.get("data") ?? result.get("midstate"), 64, 16)) {
		return { protocol: "getwork", message: "reply to getwork", sender: "pool", outcome: "working" };
	}
	if (membersAmong(result, TEMPLATE_MEMBERS) >= 2 && membersAmong(result, MINERS_MEMBERS) >= 1) {
		return { protocol: "getblocktemplate", message: "reply to getblocktemplate", sender: "pool", outcome: "working" };
	}
	return undefined;
}

const WORK_MEMBERS: ReadonlySet<string> = new Set(["midstate", "data", "hash1", "target"]);
const TEMPLATE_MEMBERS: ReadonlySet<string> = new Set([
	"previousblockhash",
	"coinbasevalue",
	"coinbaseaux",
	"coinbasetxn",
	"longpollid",
	"noncerange",
	"blocktemplate_blob",
	"blockhashing_blob",
	"workid",
]);
/** Members that a node sends only to miners: a coinbase transaction, a work identifier, Monero's blobs. */
const MINERS_MEMBERS: ReadonlySet<string> = new Set([
	"coinbasetxn",
	"workid",
	"blocktemplate_blob",
	"blockhashing_blob",
]);

/** Capabilities of BIP 22 and 23 that mining clients announce. */
const MINERS_CAPABILITIES: ReadonlySet<string> = new Set([
	"coinbasetxn",
	"coinbasevalue",
	"coinbase/append",
	"coinbase",
	"generation",
	"longpoll",
	"workid",
	"submit/coinbase",
	"submit/truncate",
	"time/increment",
]);

function asksAsMiner(params: CutValue | undefined): boolean {
	if (isObject(params)) return params.has("wallet_address") || params.has("reserve_size");
	const request = itemsOf(params)?.[0];
	if (!isObject(request)) return false;
	if (request.has("longpollid") || request.has("workid")) return true;
	return (itemsOf(request.get("capabilities")) ?? []).some((item) => MINERS_CAPABILITIES.has(textOf(item) ?? ""));
}

function call(method: string, message: CutObject, carrier: Carrier): Finding | undefined {
	const params = message.get("params");
	const items = itemsOf(params);
	if (method === "getwork" && (params === undefined || items !== undefined)) {
		const solved = isHexBlob(items?.[0], 160, 32);
		if (items !== undefined && items.length > 0 && !solved) return undefined;
		return { protocol: "getwork", message: solved ? "getwork with a solution" : "getwork", sender: "miner" };
	}
	if (method === "getblocktemplate" || method === "get_block_template") {
		if (carrier !== "miner-http" && !asksAsMiner(params)) return undefined;
		const wallet = isObject(params) ? textOf(params.get("wallet_address")) : undefined;
		return {
			protocol: "getblocktemplate",
			message: "getblocktemplate",
			sender: "miner",
			coin: coinOfWallet(wallet),
			walletPrefix: walletPrefix(wallet),
		};
	}
	if ((method === "submitblock" || method === "submit_block") && isHexBlob(items?.[0], 160, 16)) {
		return { protocol: "getblocktemplate", message: "submitblock", sender: "miner" };
	}
	return undefined;
}
