import type { FlowColumnsBuilder } from "../flow/columns-builder.ts";
import { BYTE, BYTE_SHIFT, DOUBLE, DOUBLE_SHIFT, KEY, STATE, WORD, WORD_SHIFT } from "./flow-record.ts";
import type { FlowTable } from "./flow-table.ts";

/** Writes key, times and counters of the flow in `slot` to the flow that `into` is building. */
export function writeCounters(table: FlowTable, slot: number, into: FlowColumnsBuilder): void {
	const { doubles, words, bytes } = table;
	const i = into.length;
	const times = slot << DOUBLE_SHIFT;
	const link = slot << WORD_SHIFT;
	const record = slot << BYTE_SHIFT;
	writeKey(words, link, (bytes[record + BYTE.STATE]! & STATE.SOURCE_SECOND) !== 0, into);
	into.timeFirst[i] = doubles[times + DOUBLE.TIME_FIRST]!;
	into.timeLast[i] = doubles[times + DOUBLE.TIME_LAST]!;
	into.bytes[i] = doubles[times + DOUBLE.BYTES]!;
	into.bytesReverse[i] = doubles[times + DOUBLE.BYTES_REVERSE]!;
	into.packets[i] = words[link + WORD.PACKETS]! >>> 0;
	into.packetsReverse[i] = words[link + WORD.PACKETS_REVERSE]! >>> 0;
	into.tcpFlags[i] = bytes[record + BYTE.FLAGS]!;
	into.tcpFlagsReverse[i] = bytes[record + BYTE.FLAGS_REVERSE]!;
}

function writeKey(words: Int32Array, link: number, sourceIsSecond: boolean, into: FlowColumnsBuilder): void {
	const i = into.length;
	const ports = words[link + WORD.KEY + KEY.PORTS]!;
	const protocol = words[link + WORD.KEY + KEY.PROTOCOL]!;
	into.sourcePort[i] = sourceIsSecond ? ports & 0xffff : ports >>> 16;
	into.destinationPort[i] = sourceIsSecond ? ports >>> 16 : ports & 0xffff;
	into.protocol[i] = protocol & 0xff;
	if (into.vlan) into.vlan[i] = protocol >>> 16;
	const isIPv4 = ((protocol >> 8) & 0xff) === 4;
	writeAddress(words, link, sourceIsSecond, isIPv4, into.addresses, i * 32);
	writeAddress(words, link, !sourceIsSecond, isIPv4, into.addresses, i * 32 + 16);
}

/** The address of one end as 16 bytes; IPv4 in UniRec's form: 8 zero bytes, the address, 4 bytes 0xff. */
function writeAddress(
	words: Int32Array,
	link: number,
	isSecond: boolean,
	isIPv4: boolean,
	into: Uint8Array,
	offset: number,
): void {
	const first = words[link + WORD.KEY + (isSecond ? KEY.SECOND : KEY.FIRST)]!;
	if (isIPv4) {
		writeWord(0, into, offset);
		writeWord(0, into, offset + 4);
		writeWord(first, into, offset + 8);
		writeWord(-1, into, offset + 12);
	} else {
		const rest = link + WORD.KEY_REST + (isSecond ? KEY.SECOND_REST - KEY.FIRST_REST : 0);
		writeWord(first, into, offset);
		for (let i = 0; i < 3; i++) writeWord(words[rest + i]!, into, offset + 4 * i + 4);
	}
}

function writeWord(word: number, into: Uint8Array, offset: number): void {
	into[offset] = word >> 24;
	into[offset + 1] = word >> 16;
	into[offset + 2] = word >> 8;
	into[offset + 3] = word;
}
