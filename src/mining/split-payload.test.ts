import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { mayBecomeMining } from "./may-become-mining.ts";
import { recogniseMining } from "./recognise-mining.ts";
import { EXAMPLES, PREAMBLES } from "./testing.ts";

/** Generic labels of short payloads, with the specific labels that more bytes may yield. */
const MAY_BECOME: ReadonlySet<string> = new Set([
	"stratum>ethereum-stratum",
	"stratum>zcash-stratum",
	"stratum>ironfish-stratum",
	"monero-stratum>grin-stratum",
	"getwork>getblocktemplate",
	"getwork>monero-stratum",
]);

test("payload cut at any byte has the label of the complete payload, or its generic form", () => {
	for (const { bytes, protocol, message } of EXAMPLES) {
		for (let length = 0; length < bytes.length; length++) {
			const cut = recogniseMining(bytes, 0, length)?.protocol;
			if (cut === undefined || cut === protocol) continue;
			assert.ok(MAY_BECOME.has(`${cut}>${protocol}`), `${message} at ${length}: ${cut} instead of ${protocol}`);
		}
	}
});

test("more payload is kept after any first packet of a carrier protocol", () => {
	for (const [name, preamble] of Object.entries(PREAMBLES)) {
		for (let length = 1; length <= preamble.length; length++)
			assert.ok(mayBecomeMining(preamble, 0, length), `${name}, ${length}`);
	}
});

test("recognition returns for any damaged bytes", () => {
	fc.assert(
		fc.property(
			fc.constantFrom(...EXAMPLES),
			fc.array(fc.tuple(fc.nat(300), fc.nat(255)), { maxLength: 8 }),
			fc.nat(300),
			({ bytes }, damage, from) => {
				const payload = Buffer.from(bytes.subarray(from % 3 ? 0 : from));
				for (const [at, byte] of damage) if (at < payload.length) payload[at] = byte;
				const found = recogniseMining(payload, 0, payload.length);
				assert.ok(found === undefined || found.excerpt.length <= 200);
				assert.ok((found?.walletPrefix?.length ?? 0) <= 6);
			},
		),
		{ numRuns: 5000 },
	);
});
