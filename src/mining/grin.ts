import { type CutObject, CutText } from "./cut-json.ts";
import { isHexBlob, isObject, itemsOf, textOf } from "./json-shape.ts";
import type { Finding } from "./recognition.ts";

/**
 * Grin's Stratum (grin's documentation, "stratum.md"): Monero's methods with other members. MWC and Epic Cash use it as
 * well: Epic names its algorithms, and MWC uses graphs of 31 edge bits.
 */
export function recogniseGrin(message: CutObject): Finding | undefined {
	const method = textOf(message.get("method"));
	const result = message.get("result");
	if (isObject(result)) return isTemplate(result) ? job("reply to getjobtemplate", result) : undefined;
	if (method === "getjobtemplate" && result === undefined && message.get("jsonrpc") !== undefined) {
		return { protocol: "grin-stratum", message: "getjobtemplate", sender: "miner" };
	}
	const params = message.get("params");
	if (!isObject(params)) return undefined;
	if (method === "job" && isTemplate(params)) return job("job", params);
	return method === "submit" && isSolution(params) ? submission(params) : undefined;
}

/** A header without nonce, with height and difficulty; if the bytes end before the header, all three numbers. */
function isTemplate(template: CutObject): boolean {
	const numbers = ["height", "difficulty", "job_id"].filter((name) => typeof template.get(name) === "number").length;
	const header = template.get("pre_pow");
	const isUnseen = header === undefined || (header instanceof CutText && !header.whole && header.length < 4);
	if (isUnseen) return !template.whole && numbers === 3;
	return isHexBlob(header, 128, 4) && numbers > 0;
}

/** A complete template of Grin has no algorithm. */
function job(message: string, template: CutObject): Finding {
	const coin = template.whole && !template.has("algorithm") ? "Grin" : coinOfEpic(template);
	return { protocol: "grin-stratum", message, sender: "pool", coin, outcome: "working" };
}

function isSolution(params: CutObject): boolean {
	const pow = params.get("pow");
	if (typeof params.get("edge_bits") === "number") return itemsOf(pow) !== undefined || !params.whole;
	return isObject(pow) && typeof params.get("job_id") === "number";
}

function submission(params: CutObject): Finding {
	const edgeBits = params.get("edge_bits");
	const coin = edgeBits === 29 || edgeBits === 32 ? "Grin" : undefined;
	return {
		protocol: "grin-stratum",
		message: "submit",
		sender: "miner",
		coin: isObject(params.get("pow")) ? "Epic Cash" : coin,
	};
}

function coinOfEpic(template: CutObject): string | undefined {
	return EPIC_ALGORITHMS.has(textOf(template.get("algorithm"))?.toLowerCase() ?? "") ? "Epic Cash" : undefined;
}

const EPIC_ALGORITHMS: ReadonlySet<string> = new Set(["cuckoo", "randomx", "progpow"]);
