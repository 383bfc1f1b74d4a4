import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { ClientHello, isGrease, protocolsOf, serverNameOf } from "./client-hello.ts";
import { looksLikeClientHello, parseClientHello, parseHelloMessage } from "./parse-client-hello.ts";
import { extension, helloMessage, inRecords } from "./testing.ts";

const hello = new ClientHello();
const usual = {
	extensions: [
		extension.serverName("xmr-eu1.pool.example"),
		extension.groups(0x0a0a, 29, 23),
		extension.pointFormats(0),
		extension.protocols("h2", "http/1.1"),
		extension.versions(0x0304, 0x0303),
	],
};
const parse = (bytes: Uint8Array) => parseClientHello(bytes, 0, bytes.length, hello);

describe("a ClientHello in one record", () => {
	it("has a server name, protocols and the spans of its lists", () => {
		const bytes = inRecords(helloMessage(usual));
		assert.equal(parse(bytes), "complete");
		assert.equal(serverNameOf(hello), "xmr-eu1.pool.example");
		assert.deepEqual(protocolsOf(hello), ["h2", "http/1.1"]);
		assert.equal(hello.bytes, bytes);
		assert.equal(hello.groups.end - hello.groups.begin, 6);
		assert.equal(hello.versions.end - hello.versions.begin, 4);
		assert.equal(hello.extensions.end, bytes.length);
		assert.equal(hello.legacyVersion, 0x0303);
	});

	it("is parsed at an offset within other bytes", () => {
		const bytes = inRecords(helloMessage(usual));
		const framed = new Uint8Array(bytes.length + 50).fill(0x16);
		framed.set(bytes, 30);
		assert.equal(parseClientHello(framed, 30, 30 + bytes.length, hello), "complete");
		assert.equal(serverNameOf(hello), "xmr-eu1.pool.example");
	});

	it("may have no extensions at all, as before TLS 1.2", () => {
		assert.equal(parse(inRecords(helloMessage({ legacyVersion: 0x0301 }))), "complete");
		assert.equal(serverNameOf(hello), undefined);
		assert.equal(hello.hasServerName, false);
	});

	it("keeps nothing of the previous hello", () => {
		parse(inRecords(helloMessage(usual)));
		parse(inRecords(helloMessage({ extensions: [extension.empty(23)] })));
		assert.equal(serverNameOf(hello), undefined);
		assert.deepEqual(protocolsOf(hello), []);
	});

	it("has the first of two server names", () => {
		const twice = [extension.serverName("first.example"), extension.serverName("second.example")];
		assert.equal(parse(inRecords(helloMessage({ extensions: twice }))), "complete");
		assert.equal(serverNameOf(hello), "first.example");
	});

	it("is read without an extension that is malformed inside", () => {
		const extensions = [[10, [0xff, 0xff, 1]] as const, extension.serverName("still.example")];
		assert.equal(parse(inRecords(helloMessage({ extensions }))), "complete");
		assert.equal(hello.groups.end, hello.groups.begin);
		assert.equal(serverNameOf(hello), "still.example");
	});
});

describe("a ClientHello that is truncated", () => {
	const bytes = inRecords(helloMessage(usual));

	it("is incomplete at every length but the full one", () => {
		for (let length = 3; length < bytes.length; length++) {
			assert.equal(parseClientHello(bytes, 0, length, hello), "incomplete", `cut at ${length}`);
		}
	});

	it("already has its name if the name was sent", () => {
		assert.equal(parseClientHello(bytes, 0, bytes.length - 8, hello), "incomplete");
		assert.equal(serverNameOf(hello), "xmr-eu1.pool.example");
	});
});

describe("a ClientHello in several records", () => {
	it("is joined, however small they are", () => {
		for (const size of [1, 2, 3, 4, 5, 40, 100]) {
			const bytes = inRecords(helloMessage(usual), size);
			assert.equal(parse(bytes), "complete", `records of ${size}`);
			assert.equal(serverNameOf(hello), "xmr-eu1.pool.example");
			assert.equal(parseClientHello(bytes, 0, bytes.length - 3, hello), "incomplete");
		}
	});

	it("ends at a record of another type", () => {
		const bytes = inRecords(helloMessage(usual), 60);
		bytes[65] = 21;
		assert.equal(parse(bytes), "none");
	});
});

describe("bytes that are not a ClientHello", () => {
	it("are recognised by their first bytes", () => {
		const serverHello = inRecords(helloMessage(usual));
		serverHello[5] = 2;
		for (const bytes of [
			serverHello,
			Buffer.from("GET / HTTP/1.1\r\n"),
			Buffer.from('{"id":1,"method":"mining.subscribe"}\n'),
			Buffer.from([23, 3, 3, 0, 20, 1, 2, 3]),
			Buffer.alloc(0),
		]) {
			assert.equal(looksLikeClientHello(bytes, 0, bytes.length), false);
			assert.equal(parse(bytes), "none");
		}
	});

	it("are hellos with contradictions: odd cipher list, session id of 33 bytes, extensions beyond the end, 64 KiB", () => {
		const message = helloMessage(usual);
		const changed = (at: number, value: number) => {
			const copy = message.slice();
			copy[at] = value;
			return inRecords(copy);
		};
		assert.equal(parse(changed(4 + 2 + 32 + 2, 3)), "none");
		assert.equal(parse(changed(4 + 2 + 32, 33)), "none");
		assert.equal(parse(changed(4 + 2 + 32 + 1 + 6 + 2, 0xff)), "none");
		assert.equal(parse(changed(1, 1)), "none");
		assert.equal(parse(changed(4, 2)), "none");
	});
});

describe("hostile bytes", () => {
	it("never make the parser throw or point outside of them", () => {
		const whole = inRecords(helloMessage(usual), 90);
		const spans = (into: ClientHello) => [
			into.ciphers,
			into.extensions,
			into.serverName,
			into.protocols,
			into.groups,
			into.pointFormats,
			into.signatureAlgorithms,
			into.versions,
		];
		const damage = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 8 });
		fc.assert(
			fc.property(damage, fc.nat(whole.length), fc.nat(20), (changes, length, begin) => {
				const bytes = whole.slice();
				for (const [at, value] of changes) bytes[at] = value;
				for (const read of [parseClientHello, parseHelloMessage]) {
					const result = read(bytes, Math.min(begin, length), length, hello);
					assert.ok(["complete", "incomplete", "none"].includes(result));
					for (const { begin: from, end: to } of spans(hello)) assert.ok(from <= to && to <= hello.bytes.length);
					serverNameOf(hello);
					protocolsOf(hello);
				}
			}),
			{ numRuns: 3000 },
		);
	});
});

describe("GREASE", () => {
	it("is the sixteen values 0x0a0a, 0x1a1a … 0xfafa", () => {
		const all = Array.from({ length: 65_536 }, (_, value) => value).filter(isGrease);
		assert.deepEqual(
			all,
			Array.from({ length: 16 }, (_, i) => (i << 12) | (i << 4) | 0x0a0a),
		);
	});
});
