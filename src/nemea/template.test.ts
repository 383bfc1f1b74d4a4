import assert from "node:assert/strict";
import { test } from "node:test";
import { parseTemplate } from "./template.ts";

const ORIGINAL_INPUT =
	"ipaddr DST_IP,ipaddr SRC_IP,uint16 SRC_PORT,uint16 DST_PORT,uint64 BYTES,uint64 BYTES_REV,uint32 PACKETS,uint32 PACKETS_REV,int8* PPI_PKT_DIRECTIONS,time* PPI_PKT_TIMES,uint16* PPI_PKT_LENGTHS,uint8* PPI_PKT_FLAGS,time TIME_FIRST,time TIME_LAST,string TLS_SNI,bytes IDP_CONTENT,bytes IDP_CONTENT_REV,uint8 PROTOCOL";

function offsets(text: string): Record<string, number> {
	return Object.fromEntries(parseTemplate(text).fields.map(({ name, offset }) => [name, offset]));
}

test("the record holds the fields sorted, whatever the order of the string", () => {
	assert.equal(parseTemplate(ORIGINAL_INPUT).fixedLength, 105);
	assert.deepEqual(offsets(ORIGINAL_INPUT), {
		DST_IP: 0,
		SRC_IP: 16,
		BYTES: 32,
		BYTES_REV: 40,
		TIME_FIRST: 48,
		TIME_LAST: 56,
		PACKETS: 64,
		PACKETS_REV: 68,
		DST_PORT: 72,
		SRC_PORT: 74,
		PROTOCOL: 76,
		IDP_CONTENT: 77,
		IDP_CONTENT_REV: 81,
		PPI_PKT_DIRECTIONS: 85,
		PPI_PKT_FLAGS: 89,
		TLS_SNI: 93,
		PPI_PKT_LENGTHS: 97,
		PPI_PKT_TIMES: 101,
	});
	const shuffled = ORIGINAL_INPUT.split(",").reverse().join(",");
	assert.deepEqual(offsets(shuffled), offsets(ORIGINAL_INPUT));
});

test("every type has its size; arrays come last, by the size of an element", () => {
	const text =
		"time* T,macaddr* M,char C,int32* I,uint16* U,string S,ipaddr* A,float F,double D,macaddr E,int8 G,int64 H,uint8* B";
	assert.deepEqual(
		parseTemplate(text).fields.map(({ name, offset }) => [name, offset]),
		[
			["D", 0],
			["H", 8],
			["E", 16],
			["F", 22],
			["C", 26],
			["G", 27],
			["B", 28],
			["S", 32],
			["U", 36],
			["I", 40],
			["M", 44],
			["T", 48],
			["A", 52],
		],
	);
});

test("what is no template is told by the entry that is wrong", () => {
	assert.throws(() => parseTemplate(""), /"" is no "type NAME"/);
	assert.throws(() => parseTemplate("uint8 A,,uint8 B"), /"" is no "type NAME"/);
	assert.throws(() => parseTemplate("uint8 A,uint16"), /"uint16" is no "type NAME"/);
	assert.throws(() => parseTemplate("uint8 A,uint24 B"), /B has the unknown type "uint24"/);
	assert.throws(() => parseTemplate("uint8 A,string* B"), /B has the unknown type "string\*"/);
	assert.throws(() => parseTemplate("uint8 A,uint16 A"), /A is there twice/);
	assert.throws(() => parseTemplate("uint8 constructor.x"), /is no "type NAME"/);
});
