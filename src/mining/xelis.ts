import { type CutObject, CutText } from "./cut-json.ts";
import { isHexBlob, isObject, membersAmong } from "./json-shape.ts";
import type { Finding } from "./recognition.ts";

const JOB_MEMBERS: ReadonlySet<string> = new Set(["algorithm", "miner_work", "template", "topoheight", "difficulty"]);

/** Xelis's getwork over WebSockets (docs.xelis.io, "Daemon: getwork"): jobs of the node, and headers with a nonce. */
export function recogniseXelis(message: CutObject): Finding | undefined {
	const job = message.get("new_job");
	if (isObject(job)) {
		return membersAmong(job, JOB_MEMBERS) >= 2 ? { ...found("new_job", "pool"), outcome: "working" } : undefined;
	}
	return isHexBlob(message.get("miner_work"), 128, 32) && !message.has("method")
		? found("miner_work", "miner")
		: undefined;
}

function found(message: string, sender: "miner" | "pool"): Finding {
	return { protocol: "xelis-getwork", message, sender, coin: "Xelis" };
}

/** Xatum (xelpool/Xatum, specification.md): a word, a tilde, and JSON. `word` is the part before the tilde. */
export function recogniseXatum(word: string, message: CutObject): Finding | undefined {
	if (word === "shake") {
		const known =
			message.get("addr") instanceof CutText && (message.has("agent") || message.has("algos") || !message.whole);
		return known ? ofXatum("shake", "miner") : undefined;
	}
	if (word === "job") {
		const known = message.get("blob") instanceof CutText || (message.has("algo") && message.has("diff"));
		return known ? { ...ofXatum("job", "pool"), outcome: "working" } : undefined;
	}
	if (word === "submit") return message.get("data") instanceof CutText ? ofXatum("submit", "miner") : undefined;
	if (word !== "success" || !(message.get("msg") instanceof CutText)) return undefined;
	return ofXatum("success", "pool");
}

/** Index of the tilde between a word of Xatum and its JSON; -1 if the bytes do not begin like this. */
export function xatumTilde(bytes: Uint8Array, begin: number, end: number): number {
	const limit = Math.min(end - 1, begin + LONGEST_WORD + 1);
	for (let i = begin; i < limit; i++) {
		const byte = bytes[i]!;
		if (byte === 0x7e) return i > begin && bytes[i + 1] === 0x7b ? i : -1;
		if (byte < 0x61 || byte > 0x7a) return -1;
	}
	return -1;
}

const LONGEST_WORD = 8;

function ofXatum(message: string, sender: "miner" | "pool"): Finding {
	return { protocol: "xatum", message, sender };
}
