import type { CutObject } from "./cut-json.ts";
import { isObject, isPrefixedHex, nameOf, textOf } from "./json-shape.ts";
import type { Finding } from "./recognition.ts";
import { softwareOf } from "./software.ts";
import { walletPrefix } from "./wallet-prefix.ts";

/** Nervos CKB's Stratum (nervosnetwork/ckb, docs/stratum_v1.md). */
const METHODS: Readonly<Record<string, true>> = {
	ckb_submitLogin: true,
	ckb_getWork: true,
	ckb_submitWork: true,
	ckb_submitHashrate: true,
};

export function recogniseCkb(message: CutObject): Finding | undefined {
	const method = nameOf(message.get("method"), METHODS, 9);
	if (method === undefined) return message.has("method") ? undefined : work(message);
	const params = message.get("params");
	const login = isObject(params) ? textOf(params.get("login")) : undefined;
	const software = isObject(params) ? softwareOf(textOf(params.get("agent"))) : undefined;
	return {
		protocol: "ckb-stratum",
		message: method,
		sender: "miner",
		coin: "Nervos",
		software,
		walletPrefix: walletPrefix(login),
	};
}

function work(message: CutObject): Finding | undefined {
	const result = message.get("result");
	if (!isObject(result) || !isPrefixedHex(result.get("pow_hash"), 64, 16)) return undefined;
	if (!isPrefixedHex(result.get("target"), 64, 0) && result.whole) return undefined;
	return {
		protocol: "ckb-stratum",
		message: "reply to ckb_getWork",
		sender: "pool",
		coin: "Nervos",
		outcome: "working",
	};
}
