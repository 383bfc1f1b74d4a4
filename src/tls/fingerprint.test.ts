import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ClientHello } from "./client-hello.ts";
import { ja3, ja3Text } from "./ja3.ts";
import { ja4, ja4Raw } from "./ja4.ts";
import { parseClientHello } from "./parse-client-hello.ts";
import { extension, type HelloParts, helloMessage, inRecords } from "./testing.ts";

function read(parts: HelloParts): ClientHello {
	const hello = new ClientHello();
	const bytes = inRecords(helloMessage(parts));
	assert.equal(parseClientHello(bytes, 0, bytes.length, hello), "complete");
	return hello;
}

const hexadecimal = (list: string) => list.split(",").map((value) => Number.parseInt(value, 16));

/** The lists of Chrome as FoxIO publishes them with the fingerprint, with GREASE where Chrome adds it. */
const chrome: HelloParts = {
	ciphers: [0x3a3a, ...hexadecimal("1301,1302,1303,c02b,c02f,c02c,c030,cca9,cca8,c013,c014,009c,009d,002f,0035")],
	extensions: [
		extension.empty(0x4a4a),
		extension.serverName("cloudflare-quic.example"),
		extension.empty(0x17),
		extension.empty(0xff01),
		extension.groups(0x5a5a, 29, 23, 24),
		extension.pointFormats(0),
		extension.empty(0x23),
		extension.protocols("h2", "http/1.1"),
		extension.empty(5),
		extension.signatureAlgorithms(...hexadecimal("0403,0804,0401,0503,0805,0501,0806,0601")),
		...[0x12, 0x33, 0x2d].map(extension.empty),
		extension.versions(0x6a6a, 0x0304, 0x0303),
		...[0x1b, 0x4469, 0x15, 0x7a7a].map(extension.empty),
	],
};

describe("JA4", () => {
	it("of Chrome's hello is the published one", () => {
		assert.equal(ja4(read(chrome), "t"), "t13d1516h2_8daaf6152771_e5627efa2ab1");
		assert.equal(
			ja4Raw(read(chrome), "t"),
			"t13d1516h2_002f,0035,009c,009d,1301,1302,1303,c013,c014,c02b,c02c,c02f,c030,cca8,cca9_0005,000a,000b,000d,0012,0015,0017,001b,0023,002b,002d,0033,4469,ff01_0403,0804,0401,0503,0805,0501,0806,0601",
		);
	});

	it("is the same for shuffled extensions and ciphers", () => {
		const shuffled = { ciphers: chrome.ciphers?.toReversed(), extensions: chrome.extensions?.toReversed() };
		assert.equal(ja4(read(shuffled as HelloParts), "t"), ja4(read(chrome), "t"));
	});

	it("distinguishes QUIC, a hello without name or protocols, and an old version", () => {
		assert.match(ja4(read(chrome), "q"), /^q13d1516h2_/);
		const bare = { legacyVersion: 0x0301, ciphers: [0x0a0a, 0x002f], extensions: [extension.empty(23)] };
		assert.match(ja4(read(bare), "t"), /^t10i010100_[0-9a-f]{12}_[0-9a-f]{12}$/);
		assert.equal(ja4Raw(read(bare), "t"), "t10i010100_002f_0017");
	});

	it("has zeros for empty lists", () => {
		assert.equal(ja4(read({ ciphers: [] }), "t"), "t12i000000_000000000000_000000000000");
	});

	it("has hexadecimal digits for a protocol name that is not alphanumeric", () => {
		const offering = (name: string) => ja4(read({ extensions: [extension.protocols(name)] }), "t").slice(8, 10);
		assert.equal(offering("h2"), "h2");
		assert.equal(offering("http/1.1"), "h1");
		assert.equal(offering("\x0a!"), "01");
		assert.equal(offering("a"), "aa");
	});

	it("has counts up to 99", () => {
		const ciphers = Array.from({ length: 150 }, (_, i) => 0xc000 + i);
		assert.match(ja4(read({ ciphers }), "t"), /^t12i990000_/);
	});
});

describe("JA3", () => {
	it("lists version, ciphers, extensions, groups and point formats as sent, without GREASE", () => {
		const text = ja3Text(read(chrome));
		assert.equal(
			text,
			"771,4865-4866-4867-49195-49199-49196-49200-52393-52392-49171-49172-156-157-47-53,0-23-65281-10-11-35-16-5-13-18-51-45-43-27-17513-21,29-23-24,0",
		);
		// The MD5 that JA3 databases list for Chrome of 2021 to 2023.
		assert.equal(ja3(read(chrome)), "cd08e31494f9531f560d64c695473da9");
	});

	it("leaves absent lists empty", () => {
		assert.equal(ja3Text(read({ legacyVersion: 0x0301, ciphers: [5, 4] })), "769,5-4,,,");
	});
});
