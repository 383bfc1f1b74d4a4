import { CutArray, CutObject, type CutValue } from "./cut-json.ts";
import { recogniseEthProxy } from "./eth-proxy.ts";
import { excerptOf } from "./excerpt.ts";
import { GLANCE, glance, MOST_BYTES } from "./first-glance.ts";
import { recogniseGetwork } from "./getwork.ts";
import { recogniseGrin } from "./grin.ts";
import { readHttpHead } from "./http-head.ts";
import { isObject } from "./json-shape.ts";
import { JsonTape } from "./json-tape.ts";
import { isJob, recogniseMonero } from "./monero.ts";
import { readCutJson } from "./read-cut-json.ts";
import type { Carrier, Finding, Recognition } from "./recognition.ts";
import { recogniseStratumCall, recogniseStratumReply } from "./stratum.ts";
import { recogniseStratumV2 } from "./stratum-v2.ts";
import { recogniseWebMiner } from "./web-miner.ts";
import { readWebSocketText } from "./websocket-frames.ts";

/** Messages looked at: a pool's first answer holds three or four. */
const MAX_MESSAGES = 16;

/**
 * The mining message in the first payload bytes of one direction, `bytes[begin … end)`, or undefined. Told by structure
 * (which members, of which form), never by a word somewhere in the text. The bytes may end anywhere, and may begin
 * anywhere in a message that newline-delimited others follow or that shows its method. Time is linear in `end - begin`.
 */
export function recogniseMining(bytes: Uint8Array, begin: number, end: number): Recognition | undefined {
	return recognise(bytes, begin, end, showFully);
}

/** Whether `recogniseMining` recognises the bytes, at a fraction of its cost: the first message that is one is enough. */
export function isMining(bytes: Uint8Array, begin: number, end: number): boolean {
	return recognise(bytes, begin, end, showNothing) !== undefined;
}

/** What is made of the message in which something was found: to show it costs more than to recognise it. */
type Show = (finding: Finding, message: CutValue) => Recognition;

const showFully: Show = ({ protocol, message, sender, coin, software }, shown) => ({
	protocol,
	message,
	sender,
	coin,
	software,
	excerpt: excerptOf(shown),
});

const ANYTHING: Recognition = { protocol: "stratum", message: "", sender: "miner", excerpt: "" };
const showNothing: Show = () => ANYTHING;

function recognise(bytes: Uint8Array, begin: number, end: number, show: Show): Recognition | undefined {
	const limit = Math.min(end, begin + MOST_BYTES);
	const binary = recogniseStratumV2(bytes, begin, limit);
	if (binary) return binary;
	const frames = readWebSocketText(bytes, begin, limit);
	if (frames) return recogniseJson(frames, 0, frames.length, "websocket", show);
	const http = readHttpHead(bytes, begin, limit);
	if (!http) return recogniseJson(bytes, begin, limit, "stream", show);
	const body = http.body < limit ? recogniseJson(bytes, http.body, limit, "http", show) : undefined;
	if (!body) return http.finding;
	return { ...body, software: body.software ?? http.software };
}

/** Used again for every payload: what is found of one are strings of its own. */
const tape = new JsonTape();

function recogniseJson(
	bytes: Uint8Array,
	begin: number,
	end: number,
	carrier: Carrier,
	show: Show,
): Recognition | undefined {
	// Most JSON in HTTP and in frames is anybody's. A stream's bytes have had their glance where it matters.
	if (carrier !== "stream" && glance(bytes, begin, end) === GLANCE.NOT_MINING) return undefined;
	const { fragment, values } = readCutJson(bytes, begin, end, tape);
	let first: Recognition | undefined;
	if (fragment !== undefined && carrier === "stream") first = recogniseFragment(fragment, show);
	for (const message of messagesOf(values)) {
		if (first !== undefined && show === showNothing) return first;
		const finding = recogniseMessage(message, carrier);
		if (finding) first = first ? joined(first, finding) : show(finding, message);
	}
	return first;
}

/** Messages at the top, those of a JSON-RPC batch included. */
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
		recogniseMonero(message) ??
		recogniseEthProxy(message, carrier) ??
		recogniseGetwork(message) ??
		recogniseStratumReply(message) ??
		recogniseWebMiner(message)
	);
}

/** The tail of a message: its method where that stands last, or the members of a job, which stand deeper inside. */
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

/** What later messages add: the coin, the program, and which Stratum it is. */
function joined(first: Recognition, later: Finding): Recognition {
	return {
		...first,
		protocol: first.protocol === "stratum" && later.protocol.endsWith("-stratum") ? later.protocol : first.protocol,
		coin: first.coin ?? later.coin,
		software: first.software ?? later.software,
	};
}
