import { CutArray, CutObject, CutText, type CutValue } from "../mining/cut-json.ts";
import type { MiningProtocol } from "../mining/index.ts";
import { readCutJson } from "../mining/read-cut-json.ts";
import { recogniseMining } from "../mining/recognise-mining.ts";

/** The result of a proof: the pool's protocol and details. */
export interface ProvenPool {
	readonly protocol: MiningProtocol;
	readonly coin?: string | undefined;
}

/**
 * Whether `answer` to a request of `protocol` with `id` proves a pool. It does if it is by itself a message of a pool
 * (`recogniseMining`), or a reply to this very request that only a pool sends: an extranonce, or a refusal that
 * mentions wallets. Any other JSON, including a JSON-RPC error, proves nothing.
 */
export function judgeAnswer(answer: Uint8Array, protocol: MiningProtocol, id: number): ProvenPool | undefined {
	const found = recogniseMining(answer, 0, answer.length);
	if (found?.sender === "pool") {
		if (!isSameFamily(protocol, found.protocol)) return undefined;
		// A bare error in Stratum's form does not prove that the requested protocol is spoken: it answers any JSON.
		if (found.message === "error reply" && found.protocol !== protocol) return undefined;
		return { protocol: found.protocol, ...(found.coin !== undefined && { coin: found.coin }) };
	}
	const replies = readCutJson(answer, 0, answer.length).values.filter((value) => value instanceof CutObject);
	const reply = replies.find((value) => value.whole && value.get("id") === id);
	if (reply === undefined) return undefined;
	if (STRATUM_FAMILY.has(protocol)) return isExtranonce(reply) ? { protocol } : undefined;
	return protocol === "monero-stratum" && refusesWallet(reply) ? { protocol } : undefined;
}

const STRATUM_FAMILY: ReadonlySet<MiningProtocol> = new Set<MiningProtocol>([
	"stratum",
	"ethereum-stratum",
	"zcash-stratum",
]);
const HTTP_FAMILY: ReadonlySet<MiningProtocol> = new Set<MiningProtocol>(["getwork", "getblocktemplate"]);

/** Servers of one family answer the requests of all its protocols. */
function isSameFamily(asked: MiningProtocol, found: MiningProtocol): boolean {
	return (
		asked === found ||
		(STRATUM_FAMILY.has(asked) && STRATUM_FAMILY.has(found)) ||
		(HTTP_FAMILY.has(asked) && HTTP_FAMILY.has(found))
	);
}

/**
 * The reply to `mining.subscribe` without subscriptions: `[session or null, extranonce]` (ZIP 301; also Ravencoin
 * pools).
 */
function isExtranonce(reply: CutObject): boolean {
	const result = reply.get("result");
	if (!(result instanceof CutArray) || (reply.get("error") ?? null) !== null) return false;
	const [session, nonce, size] = result.items;
	const sized = size === undefined || (typeof size === "number" && size >= 1 && size <= 32);
	return result.items.length >= 2 && result.items.length <= 3 && sized && isSession(session) && isNonce(nonce);
}

function isSession(value: CutValue | undefined): boolean {
	return value === null || (value instanceof CutText && value.text.length <= 64) || value instanceof CutArray;
}

function isNonce(value: CutValue | undefined): boolean {
	return value instanceof CutText && /^([0-9a-f]{2}){1,16}$/i.test(value.text);
}

/**
 * A login refused for its wallet, in the words of pools: "Invalid address used for login", "Invalid payment address
 * provided".
 */
function refusesWallet(reply: CutObject): boolean {
	const error = reply.get("error");
	if (!(error instanceof CutObject) || reply.get("jsonrpc") === undefined) return false;
	const message = error.get("message");
	return (
		message instanceof CutText &&
		/address used for login|payment address|mining|\b(wallet|miners?|algo|algorithm)\b/i.test(message.text)
	);
}
