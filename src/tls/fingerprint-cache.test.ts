import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ClientHello } from "./client-hello.ts";
import { FingerprintCache } from "./fingerprint-cache.ts";
import { ja3 } from "./ja3.ts";
import { ja4 } from "./ja4.ts";
import { parseHelloMessage } from "./parse-client-hello.ts";
import { extension, helloMessage } from "./testing.ts";

test("cached fingerprints equal computed ones, also for nearly equal hellos", () => {
	const value = fc.constantFrom(0x1301, 0x1302, 0x0a0a, 0xc02f, 0x0d01, 0x0403);
	const values = fc.array(value, { maxLength: 3 });
	const name = fc.constantFrom("h2", "h", "http/1.1", "");
	const some = fc.record({
		legacyVersion: fc.constantFrom(0x0301, 0x0303),
		ciphers: values,
		extensions: fc.subarray(["name", "alpn", "groups", "formats", "algorithms", "versions", "other"] as const),
		names: fc.array(name, { maxLength: 2 }),
		lists: fc.tuple(values, values, values),
		formats: fc.array(fc.nat(2), { maxLength: 2 }),
		damage: fc.option(fc.tuple(fc.nat(120), fc.nat(255)), { nil: undefined }),
		transport: fc.constantFrom("t" as const, "q" as const),
	});
	const cache = new FingerprintCache();
	const hello = new ClientHello();
	const property = fc.property(some, ({ names, lists, formats, extensions, damage, transport, ...parts }) => {
		const made = {
			name: extension.serverName("pool.example"),
			alpn: extension.protocols(...names),
			groups: extension.groups(...lists[0]),
			formats: extension.pointFormats(...formats),
			algorithms: extension.signatureAlgorithms(...lists[1]),
			versions: extension.versions(...lists[2]),
			other: extension.empty(0x3a3a),
		};
		const message = helloMessage({ ...parts, extensions: extensions.map((name) => made[name]) });
		if (damage && damage[0] < message.length) message[damage[0]] = damage[1];
		if (parseHelloMessage(message, 0, message.length, hello) === "none") return;
		const remembered = cache.of(hello, transport);
		const texts = [remembered.ja3, remembered.ja4].map((bytes) => Buffer.from(bytes).toString());
		assert.deepEqual(texts, [ja3(hello), ja4(hello, transport)]);
	});
	fc.assert(property, { numRuns: 3000, seed: 11 });
});
