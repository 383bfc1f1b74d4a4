import type { Message } from "../conversation.ts";
import type { Random } from "../random.ts";
import { logUniform, size } from "./path.ts";

/** What a miner, or its TLS library, can do so that its traffic looks different; and what anybody's TLS may do. */
export interface Disguise {
	/** Plaintext bytes of a TLS 1.3 record after padding (RFC 8446, 5.4). */
	readonly padding?: (length: number) => number;
	/** Most plaintext bytes of the next record: longer messages are split. */
	readonly recordSize?: () => number;
	readonly junk?: Junk;
}

/** Requests that are there to be seen, and their answers. */
export interface Junk {
	/** Seconds to the next one. */
	readonly every: () => number;
	readonly request: () => number;
	/** Bytes of the answer; 0 without an answer. */
	readonly answer: () => number;
}

/** Seconds between the records of a message that is split. */
const BETWEEN_RECORDS = 1e-4;

export const paddedTo = (multiple: number) => (length: number) => Math.ceil(length / multiple) * multiple;
export const paddedByUpTo = (random: Random, most: number) => (length: number) => length + random.integer(0, most);
export const splitAt = (random: Random, least: number, most: number) => () => random.integer(least, most);

export function junkEvery(random: Random, seconds: number): Junk {
	const [request, answer] = [size(random, 20, 400), size(random, 20, 200)];
	const varies = random.pick([0, 0, 0.3]);
	const isTimed = random.chance(0.6);
	const around = (length: number) => Math.max(1, Math.round(length * (1 + varies * random.uniform(-1, 1))));
	return {
		every: () => (isTimed ? seconds * random.uniform(0.98, 1.02) : random.exponential(seconds)),
		request: () => around(request),
		answer: () => around(answer),
	};
}

/** How often conversations of a class are disguised. Padding is rare in the world; only miners send junk. */
export interface DisguiseShares {
	readonly padding: number;
	readonly splitting: number;
	readonly junk: number;
}

export const MINERS_DISGUISES: DisguiseShares = { padding: 0.2, splitting: 0.08, junk: 0.08 };
export const OTHERS_DISGUISES: DisguiseShares = { padding: 0.06, splitting: 0.02, junk: 0 };

export function drawDisguise(random: Random, shares: DisguiseShares): Disguise {
	const padding = random.pick([
		paddedTo(random.pick([128, 256, 512, 1024])),
		paddedByUpTo(random, random.pick([16, 32, 64, 256, 256])),
	]);
	const least = random.integer(16, 60);
	const recordSize = splitAt(random, least, least + random.pick([0, 20, 60, 200]));
	const junk = junkEvery(random, logUniform(random, 4, 30));
	return {
		...(random.chance(shares.padding) && { padding }),
		...(random.chance(shares.splitting) && { recordSize }),
		...(random.chance(shares.junk) && { junk }),
	};
}

/** The conversation with its junk, in order of time. */
export function withJunk(messages: readonly Message[], { junk }: Disguise, roundTrip: number): readonly Message[] {
	if (junk === undefined || messages.length === 0) return messages;
	const all = [...messages];
	const last = messages.at(-1)!.at;
	for (let at = messages[0]!.at + junk.every(); at < last; at += junk.every()) {
		all.push({ at, from: "client", length: junk.request() });
		const answer = junk.answer();
		if (answer > 0) all.push({ at: at + roundTrip, from: "server", length: answer });
	}
	return all.sort((a, b) => a.at - b.at);
}

/** The records of one write, each sealed by itself. */
export function recordsOf<M extends { readonly at: number; readonly length: number }>(
	message: M,
	{ recordSize }: Disguise,
	sealed: (length: number) => number,
): M[] {
	if (recordSize === undefined) return [{ ...message, length: sealed(message.length) }];
	const records: M[] = [];
	for (let left = message.length; left > 0; ) {
		const length = Math.min(left, recordSize());
		records.push({ ...message, at: message.at + records.length * BETWEEN_RECORDS, length: sealed(length) });
		left -= length;
	}
	return records;
}
