import { coinOfAlgorithm } from "./coins.ts";
import { type CutObject, CutText } from "./cut-json.ts";
import { isHexBlob, isObject, textOf } from "./json-shape.ts";
import { isJob } from "./monero.ts";
import type { Finding } from "./recognition.ts";

/**
 * Miners in web pages, over WebSockets: CoinHive's messages `{"type": …, "params": {…}}` (2017, and many derivatives),
 * and those of webminerpool, `{"identifier": …}`.
 */
export function recogniseWebMiner(message: CutObject): Finding | undefined {
	const type = textOf(message.get("type"));
	const params = message.get("params");
	if (type !== undefined) return isObject(params) ? coinHive(type, params) : undefined;
	const identifier = textOf(message.get("identifier"));
	return identifier === undefined ? undefined : webMinerPool(identifier, message);
}

function coinHive(type: string, params: CutObject): Finding | undefined {
	if (type === "auth") return params.get("site_key") instanceof CutText ? found("auth", "miner") : undefined;
	if (type === "authed") {
		return typeof params.get("hashes") === "number" && params.has("token") ? found("authed", "pool") : undefined;
	}
	if (type === "job") return isJob(params) ? found("job", "pool", params) : undefined;
	if (type === "submit") return isSolution(params) ? found("submit", "miner") : undefined;
	if (type === "hash_accepted") {
		return typeof params.get("hashes") === "number" ? found("hash_accepted", "pool") : undefined;
	}
	return undefined;
}

function webMinerPool(identifier: string, message: CutObject): Finding | undefined {
	if (identifier === "handshake") {
		const known = message.get("pool") instanceof CutText && message.has("login");
		return known ? found("handshake", "miner") : undefined;
	}
	if (identifier === "job") return isJob(message) ? found("job", "pool", message) : undefined;
	return identifier === "solved" && isSolution(message) ? found("solved", "miner") : undefined;
}

function isSolution(solution: CutObject): boolean {
	return solution.get("job_id") instanceof CutText && (isHexBlob(solution.get("nonce"), 8, 1) || !solution.whole);
}

function found(message: string, sender: "miner" | "pool", job?: CutObject): Finding {
	const coin = coinOfAlgorithm(textOf(job?.get("algo")));
	const served = message === "job" || message === "hash_accepted";
	return { protocol: "web-miner", message, sender, coin, outcome: served ? "working" : undefined };
}
