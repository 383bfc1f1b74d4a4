import { PROTOCOL } from "../capture/network-layer.ts";
import type { FlowColumnsBuilder } from "../flow/columns-builder.ts";
import { END_REASON, type EndReason } from "./end-reason.ts";
import {
	BYTE,
	BYTE_SHIFT,
	DOUBLE,
	DOUBLE_SHIFT,
	EXTRA,
	KEY,
	KEY_WORDS,
	KEY_WORDS_IPV4,
	STATE,
	WORD,
	WORD_SHIFT,
} from "./flow-record.ts";
import type { FlowTable } from "./flow-table.ts";
import type { PushTimes } from "./push-times.ts";

/** A connection between two of its slices: one was exported, the next has not begun. */
interface Pending {
	readonly key: Int32Array;
	/** µs: start of the connection, and its last packet. */
	readonly begin: number;
	readonly last: number;
	/** Its early reports so far, and which end is the server: bits of {@link EXTRA}. */
	readonly extras: number;
	/** Its ring in {@link PushTimes}, 0 for none. */
	readonly ring: number;
}

const SYN = 0x02;
const SYN_ACK = 0x12;
const FIN_OR_RST = 0x05;
const REPORTED = EXTRA.EARLY_PAYLOAD | EXTRA.EARLY_LIST;
const KEPT = REPORTED | EXTRA.SERVER_SECOND;
/** Most connections remembered between slices; the oldest is removed. */
const MOST_PENDING = 1 << 16;
/** Longest silence in µs after which a TCP connection that was not closed may continue. */
const TCP_SILENCE = 3600e6;

/**
 * Detects which flows are slices of one connection. The active timeout ends a slice, and the next packet begins
 * another. A TCP connection with an early report or pushes may fall silent, be exported, and continue without a SYN.
 * All records of a connection share an identifier.
 */
export class Connections {
	readonly #table: FlowTable;
	/** For each slot, the start of the connection in µs. */
	readonly #begins: Float64Array;
	/** By the hash of the key. */
	readonly #pending = new Map<number, Pending>();
	/** µs of silence after which other protocols than TCP begin a new connection. */
	readonly #silence: number;
	readonly #pushes: PushTimes | undefined;

	/** `silence` in seconds. */
	constructor(table: FlowTable, silence: number, pushes: PushTimes | undefined) {
		this.#table = table;
		this.#begins = new Float64Array(table.capacity);
		this.#silence = silence * 1e6;
		this.#pushes = pushes;
		if (pushes) pushes.reclaim = () => this.#giveBackRing();
	}

	/** A flow begins with a packet of this time (µs); only its key and its source are set in its record. */
	begin(slot: number, tcpFlags: number, time: number): void {
		this.#begins[slot] = time;
		if (this.#pushes !== undefined) this.#findServer(slot, tcpFlags);
		if (this.#pending.size > 0) this.#continue(slot, tcpFlags, time);
	}

	#continue(slot: number, tcpFlags: number, time: number): void {
		const { words, bytes } = this.#table;
		const link = slot << WORD_SHIFT;
		const hash = words[link + WORD.HASH]!;
		const pending = this.#pending.get(hash);
		if (pending === undefined || !hasKey(words, link, pending.key)) return;
		this.#pending.delete(hash);
		const silence = isTcp(words, link) ? TCP_SILENCE : this.#silence;
		if (tcpFlags & SYN || time - pending.last > silence) {
			this.#pushes?.release(pending.ring);
			return;
		}
		this.#begins[slot] = pending.begin;
		bytes[(slot << BYTE_SHIFT) + BYTE.EXTRAS] = pending.extras;
		words[link + WORD.PUSHES] = pending.ring;
	}

	/** The server is the end that receives a SYN; without a SYN, the end with the lower port. */
	#findServer(slot: number, tcpFlags: number): void {
		const { words, bytes } = this.#table;
		const record = slot << BYTE_SHIFT;
		const isSourceSecond = (bytes[record + BYTE.STATE]! & STATE.SOURCE_SECOND) !== 0;
		const ports = words[(slot << WORD_SHIFT) + WORD.KEY + KEY.PORTS]!;
		let isSecond = !isSourceSecond;
		if ((tcpFlags & SYN) === 0 && ports >>> 16 !== (ports & 0xffff)) isSecond = (ports & 0xffff) < ports >>> 16;
		else if ((tcpFlags & SYN_ACK) === SYN_ACK) isSecond = isSourceSecond;
		if (isSecond) bytes[record + BYTE.EXTRAS]! |= EXTRA.SERVER_SECOND;
	}

	/** The flow in `slot` was exported and is about to be removed. */
	end(slot: number, reason: EndReason): void {
		const { words, bytes, doubles } = this.#table;
		const link = slot << WORD_SHIFT;
		const record = slot << BYTE_SHIFT;
		const extras = bytes[record + BYTE.EXTRAS]! & KEPT;
		const ring = Math.max(0, words[link + WORD.PUSHES]!);
		if (reason !== END_REASON.ACTIVE) {
			const isClosed = ((bytes[record + BYTE.FLAGS]! | bytes[record + BYTE.FLAGS_REVERSE]!) & FIN_OR_RST) !== 0;
			if (((extras & REPORTED) === 0 && ring === 0) || isClosed || !isTcp(words, link)) return;
		}
		const hash = words[link + WORD.HASH]!;
		this.#forget(hash);
		if (this.#pending.size === MOST_PENDING) this.#forget(this.#oldest()!);
		// The ring belongs to the connection, not to the slice.
		words[link + WORD.PUSHES] = 0;
		this.#pending.set(hash, {
			key: keyOf(words, link),
			begin: this.#begins[slot]!,
			last: doubles[(slot << DOUBLE_SHIFT) + DOUBLE.TIME_LAST]!,
			extras,
			ring,
		});
	}

	#giveBackRing(): void {
		for (let hash = this.#oldest(); hash !== undefined && this.#pushes!.isExhausted; hash = this.#oldest())
			this.#forget(hash);
	}

	#forget(hash: number): void {
		this.#pushes?.release(this.#pending.get(hash)?.ring ?? 0);
		this.#pending.delete(hash);
	}

	#oldest(): number | undefined {
		return this.#pending.keys().next().value;
	}

	/** Writes identifier and part to the flow that `into` is building. */
	write(slot: number, part: number, into: FlowColumnsBuilder): void {
		into.flowId![into.length] = identifierOf(this.#table.words, slot << WORD_SHIFT, this.#begins[slot]!);
		into.part![into.length] = part;
	}
}

function isTcp(words: Int32Array, link: number): boolean {
	return (words[link + WORD.KEY + KEY.PROTOCOL]! & 0xff) === PROTOCOL.TCP;
}

/** The number of significant words of a record's key: those after an IPv4 key are undefined. */
function keyLength(words: Int32Array, link: number): number {
	return ((words[link + WORD.KEY + KEY.PROTOCOL]! >> 8) & 0xff) === 4 ? KEY_WORDS_IPV4 : KEY_WORDS;
}

/** Without the VLAN, which is optional in the key. */
function keyWord(words: Int32Array, link: number, i: number): number {
	if (i === KEY.PROTOCOL) return words[link + WORD.KEY + i]! & 0xffff;
	return words[link + (i < KEY_WORDS_IPV4 ? WORD.KEY + i : WORD.KEY_REST + i - KEY_WORDS_IPV4)]!;
}

function keyOf(words: Int32Array, link: number): Int32Array {
	return Int32Array.from({ length: keyLength(words, link) }, (_, i) => keyWord(words, link, i));
}

function hasKey(words: Int32Array, link: number, key: Int32Array): boolean {
	if (keyLength(words, link) !== key.length) return false;
	for (let i = 0; i < key.length; i++) if (keyWord(words, link, i) !== key[i]) return false;
	return true;
}

const beginWords = new Uint32Array(2);
const beginDouble = new Float64Array(beginWords.buffer);

/** 53 bits of key and time, the same in every run. */
function identifierOf(words: Int32Array, link: number, begin: number): number {
	beginDouble[0] = begin;
	let high = mixed(beginWords[0]!, 0x2c1b3c6d);
	let low = mixed(beginWords[1]!, 0x297a2d39);
	const length = keyLength(words, link);
	for (let i = 0; i < length; i++) {
		const word = keyWord(words, link, i);
		high = mixed(high ^ word, 0x2c1b3c6d);
		low = mixed((low + word) ^ high, 0x297a2d39);
	}
	return (high >>> 11) * 2 ** 32 + (low >>> 0);
}

/** Spreads a difference in any bit over all bits: two rounds of shift and multiplication. */
function mixed(word: number, multiplier: number): number {
	const spread = Math.imul(word ^ (word >>> 16), multiplier);
	const twice = Math.imul(spread ^ (spread >>> 15), 0x85ebca6b);
	return twice ^ (twice >>> 13);
}
