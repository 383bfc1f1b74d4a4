import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { askedName } from "./asked-name.ts";
import { preambleEnd } from "./preamble.ts";
import { PREAMBLES } from "./testing.ts";

const ask = (bytes: Buffer) => askedName(bytes, 0, bytes.length);

test("the name requested from a proxy is found with and without bytes after it", () => {
	for (const name of ["SOCKS5 by name with a password", "SOCKS4a", "CONNECT"]) {
		assert.equal(ask(PREAMBLES[name]!), "pool.example.org", name);
		assert.equal(ask(Buffer.concat([PREAMBLES[name]!, Buffer.from("\x16\x03\x01")])), "pool.example.org", name);
	}
	assert.equal(ask(Buffer.from("CONNECT Pool.Example.ORG:443 HTTP/1.1\r\n\r\n")), "pool.example.org");
});

test("an address, a cut name and a name with invalid characters are rejected", () => {
	assert.equal(ask(PREAMBLES["SOCKS5 by address"]!), undefined);
	assert.equal(ask(PREAMBLES.SOCKS4!), undefined);
	for (const text of [
		"CONNECT 192.0.2.1:443 HTTP/1.1\r\n",
		"CONNECT a b:1",
		"CONNECT pool.exa",
		"CONNECT \x1b[2J.org:1",
	])
		assert.equal(ask(Buffer.from(text)), undefined, text);
	assert.equal(ask(PREAMBLES.SOCKS4a!.subarray(0, -1)), undefined);
});

test("complete preambles are skipped and incomplete ones are not", () => {
	for (const [name, bytes] of Object.entries(PREAMBLES)) {
		const more = Buffer.concat([bytes, Buffer.from('{"id":1}')]);
		assert.equal(preambleEnd(more, 0, more.length), bytes.length, name);
	}
});

test("any bytes return an index within them", () => {
	const beginning = fc.constantFrom(...Object.values(PREAMBLES));
	fc.assert(
		fc.property(beginning, fc.nat(60), fc.uint8Array({ maxLength: 80 }), (preamble, length, noise) => {
			const bytes = Buffer.concat([preamble.subarray(0, length), noise]);
			const end = preambleEnd(bytes, 0, bytes.length);
			assert.ok(end >= 0 && end <= bytes.length);
			assert.match(askedName(bytes, 0, bytes.length) ?? "a.b", /^[a-z0-9._-]+$/);
		}),
		{ numRuns: 3000 },
	);
});
