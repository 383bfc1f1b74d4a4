import { recogniseBeam } from "./beam.ts";
import { joinChunks, mayBeChunked } from "./chunked-body.ts";
import { recogniseCkb } from "./ckb.ts";
import { CutArray, CutObject, type CutValue } from "./cut-json.ts";
import { recogniseDuinoCoin } from "./duino-coin.ts";
import { recogniseEthProxy } from "./eth-proxy.ts";
import { excerptOf } from "./excerpt.ts";
import { recogniseGetwork } from "./getwork.ts";
import { recogniseGrin } from "./grin.ts";
import { type HttpHead, readHttpHead } from "./http-head.ts";
import { joinFindings } from "./join-findings.ts";
import { isObject } from "./json-shape.ts";
import { JsonTape } from "./json-tape.ts";
import { isJob, recogniseMonero } from "./monero.ts";
import { recogniseNamedCommand } from "./named-commands.ts";
import { recognisePascal } from "./pascal.ts";
import { preambleEnd } from "./preamble.ts";
import { MOST_BYTES, QUICK_DECISION, quickDecision } from "./quick-decision.ts";
import { readCutJson } from "./read-cut-json.ts";
import type { Carrier, Finding, Recognition } from "./recognition.ts";
import { recogniseStratumCall, recogniseStratumReply } from "./stratum.ts";
import { recogniseStratumV2 } from "./stratum-v2.ts";
import { latin1 } from "./text-memory.ts";
import { recogniseWebMiner } from "./web-miner.ts";
import { readWebSocketText } from "./websocket-frames.ts";
import { recogniseXatum, recogniseXelis, xatumTilde } from "./xelis.ts";

/** The most messages that are read: the first answer of a pool contains three or four. */
const MAX_MESSAGES = 16;

/**
 * The mining message in the first payload bytes of one direction, `bytes[begin … end)`, or undefined. Recognition uses
 * structure (members and their form), not words anywhere in the text. The bytes may end anywhere. They may begin
 * anywhere in a message if newline-delimited messages follow or if its method is visible. Time is linear in `end -
 * begin`.
 */
export function recogniseMining(bytes: Uint8Array, begin: number, end: number): Recognition | undefined {
	return recognise(bytes, begin, end, showFully);
}

/**
 * Whether `recogniseMining` recognises the bytes, at a fraction of its cost: the first mining message is enough.
 */
export function isMining(bytes: Uint8Array, begin: number, end: number): boolean {
	return recognise(bytes, begin, end, showNothing) !== undefined;
}

/** Converts a finding and its message to a result; an excerpt costs more than the recognition. */
type Show = (finding: Finding, message: CutValue) => Recognition;

const showFully: Show = (finding, shown) => ({ ...finding, excerpt: excerptOf(shown) });

const ANYTHING: Recognition = { protocol: "stratum", message: "", sender: "miner", excerpt: "" };
const showNothing: Show = () => ANYTHING;

function recognise(bytes: Uint8Array, begin: number, end: number, show: Show): Recognition | undefined {
	const limit = Math.min(end, begin + MOST_BYTES);
	const start = preambleEnd(bytes, begin, limit);
	const binary = recogniseStratumV2(bytes, start, limit);
	if (binary) return binary;
	const http = readHttpHead(bytes, start, limit);
	return http ? recogniseHttp(bytes, http, limit, show) : recogniseText(bytes, start, limit, "stream", show);
}

function recogniseHttp(bytes: Uint8Array, head: HttpHead, end: number, show: Show): Recognition | undefined {
	if (head.body >= end) return head.finding ?? head.weakFinding;
	const carrier = (head.finding ?? head.weakFinding) ? "miner-http" : "http";
	const body = mayBeChunked(bytes, head.body, end) ? joinChunks(bytes, head.body, end) : bytes.subarray(head.body, end);
	const found = recogniseText(body, 0, body.length, carrier, show);
	if (found) return { ...found, software: found.software ?? head.software };
	return head.finding ?? (end - head.body < TELLING_BODY ? head.weakFinding : undefined);
}

/** Bytes of a body that are enough to rule out mining. */
const TELLING_BODY = 16;

/** Recognises the content of a stream from `begin` on, with or without WebSocket frames. */
function recogniseText(
	bytes: Uint8Array,
	begin: number,
	end: number,
	carrier: Carrier,
	show: Show,
): Recognition | undefined {
	const frames = readWebSocketText(bytes, begin, end);
	if (frames) return recogniseJson(frames, 0, frames.length, "websocket", show);
	const told = carrier === "stream" ? recogniseDuinoCoin(bytes, begin, end) : undefined;
	return told ?? recogniseJson(bytes, begin, end, carrier, show);
}

/** Reused for every payload; findings contain strings of their own. */
const tape = new JsonTape();

function recogniseJson(
	bytes: Uint8Array,
	begin: number,
	end: number,
	carrier: Carrier,
	show: Show,
): Recognition | undefined {
	// Most JSON in HTTP and in frames is not mining. For streams the caller has already made the quick decision.
	if (carrier !== "stream" && quickDecision(bytes, begin, end) === QUICK_DECISION.NOT_MINING) return undefined;
	const tilde = carrier === "stream" ? xatumTilde(bytes, begin, end) : -1;
	if (tilde >= 0) return recogniseTildeMessage(bytes, begin, tilde, end, show);
	const { fragment, values } = readCutJson(bytes, begin, end, tape);
	let first: Recognition | undefined;
	if (fragment !== undefined && carrier === "stream") first = recogniseFragment(fragment, show);
	for (const message of messagesOf(values)) {
		if (first !== undefined && show === showNothing) return first;
		const finding = recogniseMessage(message, carrier);
		if (finding) first = first ? joinFindings(first, finding) : show(finding, message);
	}
	return first;
}

/** Xatum: a word, a tilde and JSON. */
function recogniseTildeMessage(
	bytes: Uint8Array,
	begin: number,
	tilde: number,
	end: number,
	show: Show,
): Recognition | undefined {
	const [message] = readCutJson(bytes, tilde + 1, end, tape).values;
	if (!isObject(message)) return undefined;
	const finding = recogniseXatum(latin1(bytes, begin, tilde), message);
	return finding && show(finding, message);
}

/** Top-level messages, including those of a JSON-RPC batch. */
function messagesOf(values: readonly CutValue[]): CutObject[] {
	const [only] = values;
	if (values.length === 1 && isObject(only)) return [only];
	return values
		.flatMap((value) => (value instanceof CutArray ? value.items.slice(0, MAX_MESSAGES) : [value]))
		.slice(0, MAX_MESSAGES)
		.filter(isObject);
}

function recogniseMessage(message: CutObject, carrier: Carrier): Finding | undefined {
	return (
		recogniseStratumCall(message) ??
		recogniseGrin(message) ??
		recogniseBeam(message) ??
		recogniseMonero(message) ??
		recogniseEthProxy(message, carrier) ??
		recogniseCkb(message) ??
		recogniseGetwork(message, carrier) ??
		recognisePascal(message) ??
		recogniseStratumReply(message) ??
		recogniseWebMiner(message) ??
		recogniseXelis(message) ??
		recogniseNamedCommand(message)
	);
}

/** The tail of a message: its method if it is the last member, or the members of a job, which are nested deeper. */
function recogniseFragment(fragment: CutValue, show: Show): Recognition | undefined {
	let part: CutValue | undefined = fragment;
	while (part instanceof CutObject || part instanceof CutArray) {
		if (part instanceof CutObject) {
			const job: Finding | undefined = isJob(part) && part.members.size >= 3 ? JOB_FRAGMENT : undefined;
			const finding = recogniseMessage(part, "stream") ?? job;
			if (finding) return show(finding, part);
			part = part.get("");
		} else part = part.items[0];
	}
	return undefined;
}

const JOB_FRAGMENT: Finding = { protocol: "monero-stratum", message: "job", sender: "pool" };
