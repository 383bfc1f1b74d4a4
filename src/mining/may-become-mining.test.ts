import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { mayBecomeMining } from "./may-become-mining.ts";
import { recogniseMining } from "./recognise-mining.ts";
import { EXAMPLES } from "./testing.ts";

test("no prefix of a recognised payload is rejected: examples cut and damaged at random", () => {
	let recognised = 0;
	const property = fc.property(
		fc.constantFrom(...EXAMPLES),
		fc.nat(400),
		fc.nat(600),
		fc.array(fc.tuple(fc.nat(599), fc.nat(255)), { maxLength: 2 }),
		fc.constantFrom("", " ", "\n", "\t{", "[", ",", "\r\n", "\\\x01"),
		fc.integer({ min: 1, max: 120 }),
		({ bytes }, from, length, damage, before, known) => {
			const part = bytes.subarray(from % 2 ? from : 0).subarray(0, length);
			const payload = Buffer.concat([Buffer.from(before), part]);
			for (const [at, byte] of damage) if (at < payload.length) payload[at] = byte;
			if (recogniseMining(payload, 0, payload.length) === undefined) return;
			recognised++;
			const seen = Math.min(known, payload.length);
			assert.ok(mayBecomeMining(payload, 0, seen), JSON.stringify(payload.toString("latin1")));
		},
	);
	fc.assert(property, { numRuns: 5000 });
	assert.ok(recognised > 500, `only ${recognised} recognised`);
});

test("ordinary binary protocols are rejected by their first bytes", () => {
	const beginnings = {
		"TLS ClientHello": "16030102000100",
		"DNS query": "1a2b01000001000000000000",
		"QUIC Initial": "c300000001089394c8f03e515704",
		"BitTorrent handshake": "13426974546f7272656e742070726f746f636f6c",
		"SMB over TCP": "000001d4ff534d42",
	};
	for (const [name, hex] of Object.entries(beginnings)) {
		const bytes = Buffer.from(hex, "hex");
		assert.equal(mayBecomeMining(bytes, 0, bytes.length), false, name);
	}
});
