import type { DecodedPacket } from "../capture/decoded-packet.ts";
import { PROTOCOL } from "../capture/network-layer.ts";
import { DnsResponse } from "../dns/dns-response.ts";
import { type AddressKey, addressKey, NameTable } from "../dns/name-table.ts";
import type { FlowColumnsBuilder } from "../flow/columns-builder.ts";
import { BYTE, BYTE_SHIFT, DOUBLE, DOUBLE_SHIFT, KEY, STATE, WORD, WORD_SHIFT } from "./flow-record.ts";
import type { FlowTable } from "./flow-table.ts";

/** The source port of DNS answers. mDNS (5353) announces names of the local link to everybody, and is left out. */
export const DNS_PORT = 53;
/** Precedes each message over TCP (RFC 1035, 4.2.2). */
const LENGTH_PREFIX = 2;

/** Adds DNS responses to a table of names, and writes to each flow the name that its client resolved to its server. */
export class ResolvedNames {
	readonly table = new NameTable();
	readonly #flows: FlowTable;
	readonly #response = new DnsResponse();
	readonly #words = new Int32Array(4);

	constructor(flows: FlowTable) {
		this.#flows = flows;
	}

	/** A packet from {@link DNS_PORT}, with its payload in `bytes`; its time in µs. */
	learn(packet: DecodedPacket, bytes: Uint8Array, time: number): void {
		const { protocol, payloadBegin, payloadEnd } = packet;
		let begin = payloadBegin;
		let end = payloadEnd;
		if (protocol === PROTOCOL.TCP) {
			if (end - begin < LENGTH_PREFIX) return;
			end = Math.min(end, begin + LENGTH_PREFIX + ((bytes[begin]! << 8) | bytes[begin + 1]!));
			begin += LENGTH_PREFIX;
		} else if (protocol !== PROTOCOL.UDP) return;
		if (this.#response.read(bytes, begin, end)) this.table.learn(this.#destinationOf(packet), this.#response, time);
	}

	/** Writes the flow's name to the flow that `into` is building: the source's for the destination, else the reverse. */
	write(slot: number, into: FlowColumnsBuilder): void {
		if (this.table.size === 0) return;
		const time = this.#flows.doubles[(slot << DOUBLE_SHIFT) + DOUBLE.TIME_FIRST]!;
		const sourceIsSecond = (this.#flows.bytes[(slot << BYTE_SHIFT) + BYTE.STATE]! & STATE.SOURCE_SECOND) !== 0;
		const source = this.#endOf(slot, sourceIsSecond);
		const destination = this.#endOf(slot, !sourceIsSecond);
		const name = this.table.nameOf(source, destination, time) ?? this.table.nameOf(destination, source, time);
		if (name !== undefined) into.extras.resolvedName!.append(name);
	}

	#destinationOf(packet: DecodedPacket): AddressKey {
		this.#words[0] = packet.destination0;
		this.#words[1] = packet.destination1;
		this.#words[2] = packet.destination2;
		this.#words[3] = packet.destination3;
		return addressKey(packet.version, this.#words, 0);
	}

	#endOf(slot: number, isSecond: boolean): AddressKey {
		const { words } = this.#flows;
		const link = slot << WORD_SHIFT;
		const version = (words[link + WORD.KEY + KEY.PROTOCOL]! >> 8) & 0xff;
		this.#words[0] = words[link + WORD.KEY + (isSecond ? KEY.SECOND : KEY.FIRST)]!;
		const rest = link + WORD.KEY_REST + (isSecond ? KEY.SECOND_REST - KEY.FIRST_REST : 0);
		for (let i = 0; i < 3; i++) this.#words[i + 1] = words[rest + i]!;
		return addressKey(version, this.#words, 0);
	}
}
