import type { CutObject } from "./cut-json.ts";
import { isHexBlob, isObject, itemsOf, textOf } from "./json-shape.ts";
import type { Finding } from "./recognition.ts";

/** PascalCoin's miner protocol (PascalCoin, "UPoolMining"): `miner-notify` and `miner-submit` with one object. */
export function recognisePascal(message: CutObject): Finding | undefined {
	const method = textOf(message.get("method"));
	if (method !== "miner-notify" && method !== "miner-submit") return undefined;
	const work = itemsOf(message.get("params"))?.[0];
	if (!isObject(work)) return undefined;
	if (method === "miner-submit") {
		const known = work.has("nonce") && (work.has("timestamp") || work.has("payload"));
		return known ? found(method, "miner") : undefined;
	}
	const known = isHexBlob(work.get("part1"), 16, 4) || isHexBlob(work.get("payload_start"), 2, 2);
	return known ? { ...found(method, "pool"), outcome: "working" } : undefined;
}

function found(message: string, sender: "miner" | "pool"): Finding {
	return { protocol: "pascal-stratum", message, sender, coin: "PascalCoin" };
}
