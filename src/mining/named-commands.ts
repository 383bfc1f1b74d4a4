import { type CutObject, CutText } from "./cut-json.ts";
import { isHexBlob, isObject, textOf } from "./json-shape.ts";
import type { Finding } from "./recognition.ts";
import { walletPrefix } from "./wallet-prefix.ts";

/** Protocols that name messages in a member of their own instead of JSON-RPC's `method`. */
export function recogniseNamedCommand(message: CutObject): Finding | undefined {
	if (message.has("method")) return undefined;
	const command = textOf(message.get("command"));
	if (command !== undefined) return recogniseVeriBlock(command, message);
	const name = textOf(message.get("message"));
	return name === undefined ? undefined : recogniseNimiq(name, message);
}

/** VeriBlock's UCP (NodeCore, "nodecore-ucp"): each argument is an object with its type and data. */
const VERIBLOCK: Readonly<Record<string, "miner" | "pool">> = {
	MINING_AUTH: "miner",
	MINING_AUTH_SUCCESS: "pool",
	MINING_AUTH_FAILURE: "pool",
	MINING_SUBSCRIBE: "miner",
	MINING_SUBSCRIBE_SUCCESS: "pool",
	MINING_SUBSCRIBE_FAILURE: "pool",
	MINING_JOB: "pool",
	MINING_SUBMIT: "miner",
	MINING_SUBMIT_SUCCESS: "pool",
	MINING_SUBMIT_FAILURE: "pool",
	MINING_RESET_ACK: "miner",
	MINING_MEMPOOL_UPDATE: "pool",
};

function recogniseVeriBlock(command: string, message: CutObject): Finding | undefined {
	if (!Object.hasOwn(VERIBLOCK, command)) return undefined;
	if (message.whole && !isObject(message.get("request_id")) && !isObject(message.get("job_id"))) return undefined;
	const served = command === "MINING_JOB" || command === "MINING_SUBMIT_SUCCESS";
	return {
		protocol: "veriblock-ucp",
		message: command,
		sender: VERIBLOCK[command]!,
		coin: "VeriBlock",
		outcome: served ? "working" : command.endsWith("_FAILURE") ? "refused" : undefined,
	};
}

/** Nimiq's mining pool protocol of its proof-of-work chain (nimiq developer reference, "Mining Pool Protocol"). */
function recogniseNimiq(name: string, message: CutObject): Finding | undefined {
	const address = textOf(message.get("address"));
	if (name === "register") {
		const known =
			NIMIQ_MODES.has(textOf(message.get("mode")) ?? "") && (address?.startsWith("NQ") || message.has("deviceId"));
		return known ? { ...ofNimiq("register", "miner"), walletPrefix: walletPrefix(address) } : undefined;
	}
	if (name === "settings") {
		const known = address?.startsWith("NQ") === true && (message.has("extraData") || message.has("targetCompact"));
		return known ? { ...ofNimiq("settings", "pool"), outcome: "working" } : undefined;
	}
	if (name !== "share") return undefined;
	return message.get("blockHeader") instanceof CutText || isHexBlob(message.get("blockHash"), 64, 16)
		? ofNimiq("share", "miner")
		: undefined;
}

const NIMIQ_MODES: ReadonlySet<string> = new Set(["nano", "smart", "dumb"]);

function ofNimiq(message: string, sender: "miner" | "pool"): Finding {
	return { protocol: "nimiq-pool", message, sender, coin: "Nimiq" };
}
