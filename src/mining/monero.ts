import { coinOfAlgorithm, coinOfWallet, isWalletLike } from "./coins.ts";
import { type CutObject, CutText } from "./cut-json.ts";
import { isHex, isHexBlob, isObject, membersAmong, textOf } from "./json-shape.ts";
import type { Finding } from "./recognition.ts";
import { softwareOf } from "./software.ts";
import { walletPrefix } from "./wallet-prefix.ts";

/**
 * Monero's Stratum: methods without a prefix, parameters in an object. Only the members differ from ordinary JSON-RPC.
 */
export function recogniseMonero(message: CutObject): Finding | undefined {
	const method = message.get("method");
	if (method !== undefined) return method instanceof CutText && method.whole ? call(method.text, message) : undefined;
	return message.has("result") ? reply(message) : refusal(message);
}

/** Exact error texts of pools for shares; other products use the same codes for other errors. */
const REFUSALS: ReadonlySet<string> = new Set([
	"Block expired",
	"Duplicate share",
	"Invalid job id",
	"Low difficulty share",
	"Invalid address used for login",
]);

function refusal(message: CutObject): Finding | undefined {
	const error = message.get("error");
	if (!isObject(error) || error.get("code") !== -1 || message.get("jsonrpc") === undefined) return undefined;
	return REFUSALS.has(textOf(error.get("message")) ?? "")
		? { protocol: "monero-stratum", message: "error reply", sender: "pool", outcome: "refused" }
		: undefined;
}

function call(method: string, message: CutObject): Finding | undefined {
	const params = message.get("params");
	if (!isObject(params)) return undefined;
	if (method === "login") return login(params);
	if (method === "job") return isJob(params) ? jobFinding(params, "job") : undefined;
	if (method === "submit") {
		return isSubmission(params) ? { protocol: "monero-stratum", message: "submit", sender: "miner" } : undefined;
	}
	if (method === "block_template") return isOwnTemplate(params) ? selfSelected() : undefined;
	if (method !== "keepalived") return undefined;
	// Only Monero spells it with this d; its single parameter is the session.
	return params.get("id") !== undefined || !params.whole
		? { protocol: "monero-stratum", message: "keepalived", sender: "miner" }
		: undefined;
}

/**
 * Self-select mode (monero-project, xmrig's documentation of it): the miner sends the template that it chose to the
 * pool.
 */
function isOwnTemplate(params: CutObject): boolean {
	return (
		params.get("job_id") instanceof CutText && (isHexBlob(params.get("blob"), LEAST_BLOB_DIGITS, 4) || !params.whole)
	);
}

function selfSelected(): Finding {
	return { protocol: "monero-stratum", message: "block_template", sender: "miner" };
}

/**
 * Many products have a method `login`, and FreeSWITCH's Verto also has a parameter `login` in it. The login of a miner
 * has `pass` (not `passwd`, `password`) and names its program, algorithms or rig, or contains a wallet.
 */
function login(params: CutObject): Finding | undefined {
	const name = textOf(params.get("login"));
	if (name === undefined) return undefined;
	const agent = textOf(params.get("agent"));
	const software = softwareOf(agent);
	const mining = software !== undefined || params.has("rigid") || params.has("algo");
	const protocol = software?.startsWith("grin-miner") ? "grin-stratum" : "monero-stratum";
	if (!isWalletLike(name) && !(mining && (params.has("pass") || !params.whole))) {
		if (!(params.has("pass") && agent !== undefined)) return undefined;
	}
	return {
		protocol,
		message: "login",
		sender: "miner",
		coin: coinOfWallet(name),
		software,
		walletPrefix: walletPrefix(name),
	};
}

/** Members that identify a job; `id` and `height` alone are too common. */
const JOB_MEMBERS: ReadonlySet<string> = new Set(["blob", "job_id", "target", "algo", "seed_hash", "next_seed_hash"]);

/** The hashing blob of Monero is 76 bytes and more; the shortest one of a related coin is 64. */
const LEAST_BLOB_DIGITS = 128;

/** A job: its blob, or three of its other members, or two with an algorithm or target of the right form. */
export function isJob(job: CutObject): boolean {
	if (isHexBlob(job.get("blob"), LEAST_BLOB_DIGITS, 4)) return true;
	const count = membersAmong(job, JOB_MEMBERS);
	if (count >= 3) return true;
	const telling =
		coinOfAlgorithm(textOf(job.get("algo"))) !== undefined || isTarget(job) || isHex(job.get("seed_hash"), 64, 16);
	return telling && (count >= 2 || !job.whole);
}

function isTarget(job: CutObject): boolean {
	const target = job.get("target");
	return isHex(target, 8, 8) || isHex(target, 16, 16) || isHex(target, 64, 64);
}

function isSubmission(params: CutObject): boolean {
	if (params.get("job_id") !== undefined && (isHexBlob(params.get("nonce"), 8, 1) || !params.whole)) return true;
	const { cutName } = params;
	return params.get("id") !== undefined && cutName !== undefined && cutName !== "" && "job_id".startsWith(cutName);
}

function jobFinding(job: CutObject, message: string): Finding {
	const coin = coinOfAlgorithm(textOf(job.get("algo")));
	return { protocol: "monero-stratum", message, sender: "pool", coin, outcome: "working" };
}

function reply(message: CutObject): Finding | undefined {
	const result = message.get("result");
	if (!isObject(result) || message.get("jsonrpc") === undefined) return undefined;
	const job = result.get("job");
	if (isObject(job)) {
		const isCut = isCutAtOnce(job) && result.get("id") instanceof CutText;
		if (!isJob(job) && !isCut) return undefined;
		return jobFinding(job, "reply to login");
	}
	const status = textOf(result.get("status"));
	if (status === "KEEPALIVED") {
		return { protocol: "monero-stratum", message: "reply to keepalived", sender: "pool" };
	}
	return status === "OK" && isAcknowledgement(message, result)
		? { protocol: "monero-stratum", message: "reply to submit", sender: "pool", outcome: "working" }
		: undefined;
}

/** A job of which only the beginning of the blob was seen. */
function isCutAtOnce(job: CutObject): boolean {
	if (job.whole) return false;
	const blob = job.get("blob");
	return blob === undefined ? job.members.size === 0 : blob instanceof CutText && !blob.whole && blob.length < 4;
}

/**
 * `{"id":1,"jsonrpc":"2.0","error":null,"result":{"status":"OK"}}` and nothing else. JSON-RPC 2.0 forbids `error`
 * together with `result` (section 5), but pools derived from node-cryptonote-pool send both. Replies of monerod and of
 * wallets also have `status`, but no `error` and more members in `result`.
 */
function isAcknowledgement(message: CutObject, result: CutObject): boolean {
	if (!message.whole || message.get("error") !== null || typeof message.get("id") !== "number") return false;
	return message.hasOnly(REPLY_MEMBERS) && result.hasOnly(ACKNOWLEDGEMENT_MEMBERS);
}

const REPLY_MEMBERS = ["id", "jsonrpc", "result", "error"];
const ACKNOWLEDGEMENT_MEMBERS = ["status", "id"];
