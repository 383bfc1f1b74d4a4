import { type DecodedPacket, FRAGMENT } from "../capture/decoded-packet.ts";
import { PROTOCOL } from "../capture/network-layer.ts";
import type { FlowColumnsBuilder } from "../flow/columns-builder.ts";
import { ClientHello, writeProtocols } from "../tls/client-hello.ts";
import { FingerprintCache } from "../tls/fingerprint-cache.ts";
import { HelloReassembly } from "../tls/hello-reassembly.ts";
import { type HelloResult, looksLikeClientHello, parseClientHello } from "../tls/parse-client-hello.ts";
import { QuicHellos } from "../tls/quic-hellos.ts";
import { looksLikeInitial } from "../tls/quic-initial.ts";
import { ByteChains } from "./byte-chains.ts";

/** Words per slot: the hello in progress, the texts found, and the state of the flow. */
const WORDS = 4;
const HANDLE = 0;
const CHAIN = 1;
const LENGTH = 2;
const STATE = 3;

/** The hello was read or discarded; and the direction of its bytes, while it is in progress. */
const DONE = 1;
const REVERSE = 2;

/**
 * Decrypting a QUIC packet costs as much as metering a hundred; a flood of them must not stop the meter. Per second of
 * traffic.
 */
const QUIC_PACKETS_PER_SECOND = 5000;

/** Longest server name and list of protocols kept; a DNS name has at most 253 bytes. */
const LONGEST_NAME = 253;
const LONGEST_PROTOCOLS = 255;
/** Lengths of server name, protocols, JA3 and JA4, stored before them. */
const HEADER = 4;
const LONGEST_TEXTS = HEADER + LONGEST_NAME + LONGEST_PROTOCOLS + 32 + 40;
const PIECES_PER_SLOT = 2;
const FEWEST_PIECES = 1024;

/**
 * Data that clients send at the beginning of a connection: the TLS ClientHello, also across several segments, and
 * the one in QUIC's Initial packets. The first hello of a flow counts, from either end.
 */
export class Handshakes {
	/** Number of hellos not read because too many came at once. */
	skipped = 0;
	/** The last hello read; the caller reads its name right after {@link add} has returned true. */
	readonly hello = new ClientHello();
	readonly #state: Int32Array;
	readonly #chains: ByteChains;
	readonly #segments = new HelloReassembly();
	readonly #quic = new QuicHellos();
	readonly #fingerprints = new FingerprintCache();
	readonly #texts = new Uint8Array(LONGEST_TEXTS + 3);
	#second = -1;
	#quicPackets = 0;

	constructor(slots: number) {
		this.#state = new Int32Array(slots * WORDS);
		this.#chains = new ByteChains(Math.max(FEWEST_PIECES, slots * PIECES_PER_SLOT));
	}

	/** Whether memory for one more hello may be missing. */
	get isExhausted(): boolean {
		return this.#chains.isExhausted(LONGEST_TEXTS);
	}

	/** Whether the flow's hello needs more packets. */
	isUnderWay(slot: number): boolean {
		return this.#state[slot * WORDS + HANDLE] !== 0;
	}

	/** A hello of the flow's source may begin at this sequence number; a later segment of it is about to be added. */
	expect(slot: number, firstSequence: number): void {
		const state = this.#state;
		const base = slot * WORDS;
		if ((state[base + STATE]! & DONE) === 0 && state[base + HANDLE] === 0)
			state[base + HANDLE] = this.#segments.open(firstSequence);
	}

	/**
	 * Processes a packet that {@link mayBeginHello}, or whose flow has a hello in progress; true if {@link hello} now has
	 * a TLS server name.
	 */
	add(slot: number, packet: DecodedPacket, captured: Uint8Array, isReverse: boolean, second: number): boolean {
		if (this.#state[slot * WORDS + STATE]! & DONE || packet.fragment === FRAGMENT.LATER) return false;
		if (packet.protocol === PROTOCOL.TCP) return this.#addSegment(slot, packet, captured, isReverse);
		if (packet.protocol === PROTOCOL.UDP) this.#addDatagram(slot, packet, captured, isReverse, second);
		return false;
	}

	/** Appends the results to the flow that `into` is building. */
	write(slot: number, into: FlowColumnsBuilder): void {
		const length = this.#state[slot * WORDS + LENGTH]!;
		if (length === 0) return;
		const texts = this.#texts;
		this.#chains.read(this.#state[slot * WORDS + CHAIN]!, length, texts);
		let at = HEADER;
		// The JA4 of a QUIC hello begins with q; only its name and protocols have columns of their own.
		const isQuic = texts[HEADER + texts[0]! + texts[1]! + texts[2]!] === 0x71;
		if (isQuic) into.extras.quicServerName?.append(texts, at, at + texts[0]!);
		at += texts[0]!;
		(isQuic ? into.extras.quicAlpn : into.extras.alpn)?.append(texts, at, at + texts[1]!);
		at += texts[1]!;
		into.extras.ja3?.append(texts, at, at + texts[2]!);
		at += texts[2]!;
		into.extras.ja4?.append(texts, at, at + texts[3]!);
	}

	/** Prefetches the memory that {@link write} reads for each of `slots[0 … count)`, which it overwrites. */
	fetch(slots: Int32Array, count: number): void {
		for (let i = 0; i < count; i++) slots[i] = this.#state[slots[i]! * WORDS + CHAIN]!;
		this.#chains.fetch(slots, count);
	}

	/** Frees the memory of the flow, and resets the slot. */
	release(slot: number): void {
		const state = this.#state;
		const base = slot * WORDS;
		this.#chains.release(state[base + CHAIN]!);
		const handle = state[base + HANDLE]!;
		if (handle > 0) this.#segments.close(handle);
		else if (handle < 0) this.#quic.close(-handle);
		for (let i = base; i < base + WORDS; i++) state[i] = 0;
	}

	#addSegment(slot: number, packet: DecodedPacket, captured: Uint8Array, isReverse: boolean): boolean {
		const state = this.#state;
		const base = slot * WORDS;
		const { payloadBegin, payloadEnd, tcpSequence } = packet;
		let result: HelloResult;
		if (state[base + HANDLE] === 0) {
			if (!looksLikeClientHello(captured, payloadBegin, payloadEnd)) return false;
			result = parseClientHello(captured, payloadBegin, payloadEnd, this.hello);
			if (result === "incomplete") {
				const handle = this.#segments.open(tcpSequence);
				state[base + HANDLE] = handle;
				state[base + STATE]! |= isReverse ? REVERSE : 0;
				result = this.#segments.add(handle, tcpSequence, captured, payloadBegin, payloadEnd, this.hello);
			}
		} else {
			if (((state[base + STATE]! & REVERSE) !== 0) !== isReverse) return false;
			const handle = state[base + HANDLE]!;
			result = this.#segments.add(handle, tcpSequence, captured, payloadBegin, payloadEnd, this.hello);
		}
		if (result === "incomplete") return hasName(this.hello);
		this.#finish(base);
		if (result === "none") return false;
		this.#keep(base, "t");
		return hasName(this.hello);
	}

	#addDatagram(slot: number, packet: DecodedPacket, captured: Uint8Array, isReverse: boolean, second: number): void {
		const state = this.#state;
		const base = slot * WORDS;
		const { payloadBegin, payloadEnd } = packet;
		if (!looksLikeInitial(captured, payloadBegin, payloadEnd)) return;
		if (second !== this.#second) {
			this.#second = second;
			this.#quicPackets = 0;
		}
		if (++this.#quicPackets > QUIC_PACKETS_PER_SECOND) {
			this.skipped++;
			return;
		}
		if (state[base + HANDLE] === 0) {
			state[base + HANDLE] = -this.#quic.open();
			state[base + STATE]! |= isReverse ? REVERSE : 0;
		} else if (((state[base + STATE]! & REVERSE) !== 0) !== isReverse) return;
		const result = this.#quic.add(-state[base + HANDLE]!, captured, payloadBegin, payloadEnd, this.hello);
		if (result === "incomplete") return;
		this.#finish(base);
		if (result === "complete") this.#keep(base, "q");
	}

	#finish(base: number): void {
		this.#state[base + HANDLE] = 0;
		this.#state[base + STATE]! |= DONE;
	}

	#keep(base: number, transport: "t" | "q"): void {
		const { hello } = this;
		const texts = this.#texts;
		const { begin, end } = hello.serverName;
		const { ja3, ja4 } = this.#fingerprints.of(hello, transport);
		texts[0] = transport === "q" && hasName(hello) ? end - begin : 0;
		let at = append(hello.bytes, begin, begin + texts[0], texts, HEADER);
		texts[1] = writeProtocols(hello, texts, at, LONGEST_PROTOCOLS);
		texts[2] = ja3.length;
		at = append(ja3, 0, ja3.length, texts, at + texts[1]);
		texts[3] = ja4.length;
		at = append(ja4, 0, ja4.length, texts, at);
		this.#state[base + CHAIN] = this.#chains.store(texts, 0, at);
		this.#state[base + LENGTH] = at;
	}
}

/**
 * The quick rejection of nearly every packet: it begins neither with a TLS handshake nor with a QUIC Initial packet.
 */
export function mayBeginHello({ protocol, payloadBegin, payloadEnd }: DecodedPacket, captured: Uint8Array): boolean {
	if (protocol === PROTOCOL.TCP) return looksLikeClientHello(captured, payloadBegin, payloadEnd);
	return protocol === PROTOCOL.UDP && looksLikeInitial(captured, payloadBegin, payloadEnd);
}

function hasName(hello: ClientHello): boolean {
	const { begin, end } = hello.serverName;
	return begin < end && end - begin <= LONGEST_NAME;
}

/** Copies `from[begin … end)` to `into[at …]`; returns the end of the copy. */
function append(from: Uint8Array, begin: number, end: number, into: Uint8Array, at: number): number {
	let to = at;
	for (let i = begin; i < end; i++) into[to++] = from[i]!;
	return to;
}
