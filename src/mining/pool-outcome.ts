import { isObject } from "./json-shape.ts";
import { JsonTape } from "./json-tape.ts";
import { MOST_BYTES } from "./quick-decision.ts";
import { readCutJson } from "./read-cut-json.ts";
import { recogniseMining } from "./recognise-mining.ts";
import type { PoolOutcome } from "./recognition.ts";

/** Scratch of this module; it holds one text at a time. */
const tape = new JsonTape();

/**
 * The outcome that the pool's direction shows for a miner whose messages are in the other direction: `working` for a
 * job or an accepted share; `refused` for an error without a job; `unanswered` for no payload; otherwise `unknown`. A
 * bare `true` may also answer a login, so it is `unknown`.
 */
export function poolOutcome(bytes: Uint8Array, begin: number, end: number): PoolOutcome {
	if (begin >= end) return "unanswered";
	const told = recogniseMining(bytes, begin, end)?.outcome;
	if (told !== undefined) return told;
	const { values } = readCutJson(bytes, begin, Math.min(end, begin + MOST_BYTES), tape);
	const isRefused = values.some((value) => isObject(value) && (value.get("error") ?? null) !== null);
	return isRefused ? "refused" : "unknown";
}
