import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { recogniseMining } from "../../src/mining/index.ts";
import { ClientHello, serverNameOf } from "../../src/tls/client-hello.ts";
import { QuicHellos } from "../../src/tls/quic-hellos.ts";
import { Random } from "../random.ts";
import { ordinaryScripts } from "./ordinary.ts";
import type { OrdinaryParameters } from "./ordinary-parameters.ts";
import { BINARY, maskOf, webSocketFrame } from "./websocket.ts";

const parameters: OrdinaryParameters = { duration: 600, latency: 0.02, serverName: "www.example" };
const text = new TextDecoder();

for (const [name, script] of Object.entries(ordinaryScripts)) {
	describe(`the ${name} script`, () => {
		const conversation = script(new Random(3), parameters);

		it("is ordinary, lasts, and both ends speak", () => {
			assert.equal(conversation.label, "Other");
			for (const side of ["client", "server"]) {
				assert.ok(conversation.messages.filter(({ from }) => from === side).length >= 8, `${side} is silent`);
			}
			assert.ok(conversation.messages.at(-1)!.at > parameters.duration * 0.7);
		});

		it("is in the order of time, with bytes of the length it tells", () => {
			let before = 0;
			for (const { at, bytes, length } of conversation.messages) {
				assert.ok(at >= before);
				assert.equal(bytes?.length, length);
				before = at;
			}
		});

		it("gives the same bytes for the same seed", () => {
			assert.deepEqual(script(new Random(3), parameters), conversation);
		});

		it("is not taken for mining by any of its messages", () => {
			for (const { bytes, length } of conversation.messages) {
				assert.equal(recogniseMining(bytes!, 0, length), undefined);
				assert.doesNotMatch(text.decode(bytes), /mining\.|eth_submit|eth_getWork|"login"|getwork|getblocktemplate/);
			}
		});
	});
}

describe("the language server's JSON-RPC", () => {
	it("frames each message by its length", () => {
		const { messages } = ordinaryScripts.languageServer!(new Random(1), parameters);
		for (const { bytes } of messages) {
			const [, length, body] = /^Content-Length: (\d+)\r\n\r\n(.*)$/s.exec(text.decode(bytes)) ?? [];
			assert.equal(Number(length), Buffer.byteLength(body!));
			assert.equal(JSON.parse(body!).jsonrpc, "2.0");
		}
	});
});

describe("the QUIC script", () => {
	it("shows its server name to whoever opens its Initial packets", () => {
		const { messages } = ordinaryScripts.quicBrowsing!(new Random(1), parameters);
		const [first, second] = messages.map(({ bytes }) => bytes!) as [Uint8Array, Uint8Array];
		const hellos = new QuicHellos();
		const hello = new ClientHello();
		const handle = hellos.open();
		assert.equal(hellos.add(handle, first, 0, first.length, hello), "incomplete");
		assert.equal(hellos.add(handle, second, 0, second.length, hello), "complete");
		assert.equal(serverNameOf(hello), parameters.serverName);
	});
});

describe("a WebSocket frame", () => {
	it("is the example of RFC 6455, 5.7, plain and masked", () => {
		assert.deepEqual([...webSocketFrame(1, "Hello")], [0x81, 5, 0x48, 0x65, 0x6c, 0x6c, 0x6f]);
		assert.deepEqual(
			[...webSocketFrame(1, "Hello", Uint8Array.of(0x37, 0xfa, 0x21, 0x3d))],
			[0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58],
		);
	});

	it("has a length of two bytes from 126 on", () => {
		const frame = webSocketFrame(BINARY, new Uint8Array(256), maskOf(new Random(1)));
		assert.deepEqual([...frame.subarray(0, 4)], [0x82, 0xfe, 1, 0]);
		assert.equal(frame.length, 4 + 4 + 256);
	});
});
