import { coinOfWallet } from "./coins.ts";
import type { CutObject } from "./cut-json.ts";
import { isHexBlob, isObject, itemsOf, membersAmong, textOf } from "./json-shape.ts";
import type { Finding } from "./recognition.ts";

/** Bitcoin's getwork (2010) and getblocktemplate (BIP 22, BIP 23), and Monero's calls of the second name, mostly in HTTP. */
export function recogniseGetwork(message: CutObject): Finding | undefined {
	const method = textOf(message.get("method"));
	if (method !== undefined) return call(method, message);
	const result = message.get("result");
	if (!isObject(result)) return undefined;
	if (membersAmong(result, WORK_MEMBERS) >= 2 && isHexBlob(result.get("data") ?? result.get("midstate"), 64, 16)) {
		return { protocol: "getwork", message: "reply to getwork", sender: "pool" };
	}
	if (membersAmong(result, TEMPLATE_MEMBERS) >= 2) {
		return { protocol: "getblocktemplate", message: "reply to getblocktemplate", sender: "pool" };
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
]);

function call(method: string, message: CutObject): Finding | undefined {
	const params = message.get("params");
	const items = itemsOf(params);
	if (method === "getwork" && (params === undefined || items !== undefined)) {
		const solved = isHexBlob(items?.[0], 160, 32);
		if (items !== undefined && items.length > 0 && !solved) return undefined;
		return { protocol: "getwork", message: solved ? "getwork with a solution" : "getwork", sender: "miner" };
	}
	if (method === "getblocktemplate" || method === "get_block_template") {
		const wallet = isObject(params) ? textOf(params.get("wallet_address")) : undefined;
		return { protocol: "getblocktemplate", message: "getblocktemplate", sender: "miner", coin: coinOfWallet(wallet) };
	}
	if ((method === "submitblock" || method === "submit_block") && isHexBlob(items?.[0], 160, 16)) {
		return { protocol: "getblocktemplate", message: "submitblock", sender: "miner" };
	}
	return undefined;
}
