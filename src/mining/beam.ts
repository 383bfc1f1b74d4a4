import { type CutObject, CutText } from "./cut-json.ts";
import { isHex, isHexBlob, textOf } from "./json-shape.ts";
import type { Finding } from "./recognition.ts";

/** Beam's Stratum (BeamMW wiki, "Beam mining protocol API"): members are in the message itself, not in parameters. */
export function recogniseBeam(message: CutObject): Finding | undefined {
	const method = textOf(message.get("method"));
	if (method === undefined || message.has("params")) return undefined;
	if (method === "login") return isLogin(message) ? found("login", "miner") : undefined;
	if (method === "job") return isJob(message) ? { ...found("job", "pool"), outcome: "working" } : undefined;
	if (method === "solution") return isSolution(message) ? found("solution", "miner") : undefined;
	return method === "result" ? answer(message) : undefined;
}

function isLogin(message: CutObject): boolean {
	return message.get("api_key") instanceof CutText && message.has("jsonrpc");
}

function isJob(message: CutObject): boolean {
	return isHex(message.get("input"), 64, 16) && typeof message.get("difficulty") === "number";
}

function isSolution(message: CutObject): boolean {
	return isHexBlob(message.get("nonce"), 16, 16) && (isHexBlob(message.get("output"), 128, 4) || !message.whole);
}

/** A reply to a login (with a nonce prefix or the height of a fork) or to a solution. */
function answer(message: CutObject): Finding | undefined {
	if (typeof message.get("code") !== "number") return undefined;
	const description = textOf(message.get("description"));
	if (description === "accepted") return { ...found("result", "pool"), outcome: "working" };
	if (description === "rejected" || description === "expired")
		return { ...found("result", "pool"), outcome: "refused" };
	return message.has("nonceprefix") || message.has("forkheight") ? found("result", "pool") : undefined;
}

function found(message: string, sender: "miner" | "pool"): Finding {
	return { protocol: "beam-stratum", message, sender, coin: "Beam" };
}
