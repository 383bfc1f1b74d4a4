import { CutText } from "./cut-json.ts";
import { readHttpHead } from "./http-head.ts";
import { isObject } from "./json-shape.ts";
import { JsonTape } from "./json-tape.ts";
import { mayBeMining } from "./may-be-mining.ts";
import { MOST_BYTES, QUICK_DECISION, quickDecision } from "./quick-decision.ts";
import { readCutJson } from "./read-cut-json.ts";
import { isMining } from "./recognise-mining.ts";

/** Scratch of this module; it holds one text at a time. */
const tape = new JsonTape();

/**
 * Whether these bytes begin with a JSON-RPC request whose method is complete and is not a mining method. Then a reply
 * that resembles a pool's does not indicate mining: `eth_getFilterChanges` also returns hashes.
 */
export function asksOtherwise(bytes: Uint8Array, begin: number, end: number): boolean {
	if (!mayBeMining(bytes, begin, end) || quickDecision(bytes, begin, end) === QUICK_DECISION.MINING) return false;
	const limit = Math.min(end, begin + MOST_BYTES);
	const body = readHttpHead(bytes, begin, limit)?.body ?? begin;
	const [request] = readCutJson(bytes, body, limit, tape).values;
	const method = isObject(request) ? request.get("method") : undefined;
	return method instanceof CutText && method.whole && !isMining(bytes, begin, end);
}
