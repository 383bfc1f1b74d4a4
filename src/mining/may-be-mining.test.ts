import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { mayBeMining } from "./may-be-mining.ts";
import { recogniseMining } from "./recognise-mining.ts";
import { EXAMPLES } from "./testing.ts";

test("the quick check has no false negatives: examples cut and damaged at random", () => {
	let recognised = 0;
	fc.assert(
		fc.property(
			fc.constantFrom(...EXAMPLES),
			fc.nat(400),
			fc.nat(600),
			fc.array(fc.tuple(fc.nat(599), fc.nat(255)), { maxLength: 2 }),
			fc.constantFrom("", " ", "\n", "\t{", "[", ",", "\r\n"),
			({ bytes }, from, length, damage, before) => {
				const payload = Buffer.concat([
					Buffer.from(before),
					bytes.subarray(Math.min(from, 399) % 2 ? from : 0).subarray(0, length),
				]);
				for (const [at, byte] of damage) if (at < payload.length) payload[at] = byte;
				const recognition = recogniseMining(payload, 0, payload.length);
				if (recognition === undefined) return;
				recognised++;
				assert.ok(mayBeMining(payload, 0, payload.length), JSON.stringify(payload.toString("latin1")));
			},
		),
		{ numRuns: 5000 },
	);
	assert.ok(recognised > 500, `only ${recognised} recognised`);
});

test("the quick check has no false negatives: any bytes", () => {
	const soup = fc.constantFrom(
		'{"',
		'"method":',
		'"mining.notify"',
		'"result"',
		":",
		",",
		"[",
		"]",
		"}",
		"null",
		" ",
		"x",
		"\x00",
		'"error":[21,"x"]',
		'"id":1',
	);
	fc.assert(
		fc.property(fc.array(soup, { maxLength: 20 }), (parts) => {
			const payload = Buffer.from(parts.join(""), "latin1");
			if (recogniseMining(payload, 0, payload.length)) assert.ok(mayBeMining(payload, 0, payload.length));
		}),
		{ numRuns: 3000 },
	);
});

test("common first bytes are rejected at once", () => {
	for (const text of [
		"",
		"{",
		"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
		"SSH-2.0-OpenSSH_9.6\r\n",
		"220 mail.example.org ESMTP\r\n",
		"GET /index.html HTTP/1.1\r\nHost: example.org\r\nUser-Agent: Mozilla/5.0 (X11)\r\nAccept: */*\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>",
		'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{"result": "SUCCESS", "length": 5816}',
		"\x00\x01\x00\x00\x21\x12\xa4\x42aaaaaaaaaaaa",
		'INVITE sip:bob@example.org SIP/2.0\r\nFrom: "Alice" <sip:alice@example.org>\r\n',
	]) {
		assert.equal(mayBeMining(Buffer.from(text, "latin1"), 0, text.length), false, text);
	}
});
