import { MOST_BYTES } from "./first-glance.ts";
import { isObject } from "./json-shape.ts";
import { JsonTape } from "./json-tape.ts";
import { readCutJson } from "./read-cut-json.ts";
import { recogniseMining } from "./recognise-mining.ts";
import type { PoolOutcome } from "./recognition.ts";

/** Scratch of this module: a text at a time. */
const tape = new JsonTape();

/**
 * What the pool's direction shows of how it served a miner whose messages stand in the other one: `working`, a job or an
 * accepted share; `refused`, an error and no job; `unanswered`, no payload at all; else `unknown`. A bare `true` also
 * answers a log-in, and tells nothing.
 */
export function poolOutcome(bytes: Uint8Array, begin: number, end: number): PoolOutcome {
	if (begin >= end) return "unanswered";
	const told = recogniseMining(bytes, begin, end)?.outcome;
	if (told !== undefined) return told;
	const { values } = readCutJson(bytes, begin, Math.min(end, begin + MOST_BYTES), tape);
	const isRefused = values.some((value) => isObject(value) && (value.get("error") ?? null) !== null);
	return isRefused ? "refused" : "unknown";
}
