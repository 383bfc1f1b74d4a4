import type { Random } from "../lab/random.ts";
import type { ObservedPushes } from "../src/detect/block-times/block-time-test.ts";
import { unionOfSpans } from "../src/detect/block-times/spans.ts";

const SECOND = 1e6;
/** What the meter asks of a push. */
const CLIENT_SILENCE = 2 * SECOND;
const BETWEEN_PUSHES = SECOND;
const SLICE = 300 * SECOND;
const LISTED = 30;

/** How a pool and a miner behave, and how they are observed. Seconds. */
export interface SessionTraits {
	readonly latency: readonly [least: number, most: number];
	readonly missed: number;
	/** Seconds after the last job at which the pool sends work anew. */
	readonly refresh: number;
	/** Mean seconds between two shares of all workers. */
	readonly shareInterval: number;
	/** Packets of one message: TLS that pads sends more bytes, splitting sends several packets. */
	readonly packetsPerMessage: number;
	/** One packet in this number is observed. */
	readonly sampling: number;
	/** Only the first packets of each five-minute record are known. */
	readonly isListOnly: boolean;
}

export const ORDINARY_SESSION: SessionTraits = {
	latency: [0.2, 2.5],
	missed: 0.1,
	refresh: Number.POSITIVE_INFINITY,
	shareInterval: 30,
	packetsPerMessage: 1,
	sampling: 1,
	isListOnly: false,
};

interface Packet {
	readonly at: number;
	readonly fromServer: boolean;
}

/** Blocks of a Poisson process within `length` microseconds. */
export function blocksOf(random: Random, interval: number, length: number): number[] {
	const times: number[] = [];
	for (let at = random.exponential(interval); at < length; at += random.exponential(interval)) times.push(at);
	return times;
}

/** What a meter sees of a session of `length` microseconds in which these blocks are found. */
export function observedSession(
	random: Random,
	blocks: readonly number[],
	length: number,
	traits: SessionTraits,
): ObservedPushes {
	const { packetsPerMessage, sampling, isListOnly } = traits;
	const packets: Packet[] = [];
	for (const { at, fromServer } of messagesOf(random, blocks, length, traits)) {
		for (let k = 0; k < packetsPerMessage; k++) packets.push({ at: at + k * 0.001 * SECOND, fromServer });
	}
	packets.sort((a, b) => a.at - b.at);
	const seen = sampling === 1 ? packets : packets.filter(() => random.chance(1 / sampling));
	if (!isListOnly) return { pushes: pushesOf(seen, 0), spans: unionOfSpans([[0, length]]) };
	const pushes: number[] = [];
	const spans: [number, number][] = [];
	for (let begin = 0; begin < length; begin += SLICE) {
		const slice = seen.filter(({ at }) => at >= begin && at < begin + SLICE);
		const listed = slice.slice(0, LISTED);
		const end = slice.length > LISTED ? listed.at(-1)!.at : Math.min(begin + SLICE, length);
		pushes.push(...pushesOf(listed, begin));
		spans.push([begin, end]);
	}
	return { pushes, spans: unionOfSpans(spans) };
}

function messagesOf(random: Random, blocks: readonly number[], length: number, traits: SessionTraits): Packet[] {
	const { latency, missed, refresh, shareInterval } = traits;
	const told = blocks.filter(() => !random.chance(missed));
	const jobs = told.map((at) => at + random.uniform(...latency) * SECOND).sort((a, b) => a - b);
	const messages: Packet[] = [];
	let last = 0;
	for (const job of [...jobs, length]) {
		for (let at = last + refresh * SECOND; at < job; at += refresh * SECOND) {
			messages.push({ at, fromServer: true });
			last = at;
		}
		if (job < length) messages.push({ at: job, fromServer: true });
		last = Math.max(last, job);
	}
	for (const at of blocksOf(random, shareInterval * SECOND, length)) {
		messages.push({ at, fromServer: false }, { at: at + 0.05 * SECOND, fromServer: true });
	}
	return messages;
}

function pushesOf(packets: readonly Packet[], begin: number): number[] {
	let asked = begin;
	const pushes: number[] = [];
	for (const { at, fromServer } of packets) {
		if (!fromServer) asked = at;
		else if (at - asked >= CLIENT_SILENCE && at - (pushes.at(-1) ?? -Infinity) >= BETWEEN_PUSHES) pushes.push(at);
	}
	return pushes;
}
