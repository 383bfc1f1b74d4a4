import { CutText } from "./cut-json.ts";
import { GLANCE, glance, MOST_BYTES } from "./first-glance.ts";
import { readHttpHead } from "./http-head.ts";
import { isObject } from "./json-shape.ts";
import { JsonTape } from "./json-tape.ts";
import { mayBeMining } from "./may-be-mining.ts";
import { readCutJson } from "./read-cut-json.ts";
import { isMining } from "./recognise-mining.ts";

/** Scratch of this module: a text at a time. */
const tape = new JsonTape();

/**
 * Whether these bytes begin with a JSON-RPC request whose whole method is not a miner's. Then a reply of the other
 * direction that looks like a pool's is about something else: `eth_getFilterChanges` is answered with hashes, too.
 */
export function asksOtherwise(bytes: Uint8Array, begin: number, end: number): boolean {
	if (!mayBeMining(bytes, begin, end) || glance(bytes, begin, end) === GLANCE.MINING) return false;
	const limit = Math.min(end, begin + MOST_BYTES);
	const body = readHttpHead(bytes, begin, limit)?.body ?? begin;
	const [request] = readCutJson(bytes, body, limit, tape).values;
	const method = isObject(request) ? request.get("method") : undefined;
	return method instanceof CutText && method.whole && !isMining(bytes, begin, end);
}
