import type { CutObject } from "./cut-json.ts";
import { isHexBlob, isObject, itemsOf, textOf } from "./json-shape.ts";
import type { Finding } from "./recognition.ts";

/** Grin's Stratum: Monero's methods with other members. */
export function recogniseGrin(message: CutObject): Finding | undefined {
	const method = textOf(message.get("method"));
	const result = message.get("result");
	if (isObject(result)) return isTemplate(result) ? found("reply to getjobtemplate", "pool") : undefined;
	if (method === "getjobtemplate" && result === undefined && message.get("jsonrpc") !== undefined) {
		return found("getjobtemplate", "miner");
	}
	const params = message.get("params");
	if (!isObject(params)) return undefined;
	if (method === "job" && isTemplate(params)) return found("job", "pool");
	const solution = typeof params.get("edge_bits") === "number" && (itemsOf(params.get("pow")) || !params.whole);
	return method === "submit" && solution ? found("submit", "miner") : undefined;
}

/** Header without nonce, height and difficulty; where the bytes end before the header, all three numbers. */
function isTemplate(template: CutObject): boolean {
	const numbers = ["height", "difficulty", "job_id"].filter((name) => typeof template.get(name) === "number").length;
	if (template.get("pre_pow") === undefined) return !template.whole && numbers === 3;
	return isHexBlob(template.get("pre_pow"), 128, 4) && numbers > 0;
}

function found(message: string, sender: "miner" | "pool"): Finding {
	return { protocol: "grin-stratum", message, sender, coin: "Grin" };
}
