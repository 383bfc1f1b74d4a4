import assert from "node:assert/strict";
import { test } from "node:test";
import { asksOtherwise } from "./asks-otherwise.ts";
import { EXAMPLES } from "./testing.ts";

const asks = (text: string) => asksOtherwise(Buffer.from(text, "latin1"), 0, text.length);

test("a node's client asks for something else than work, bare or in HTTP", () => {
	const request = '{"jsonrpc":"2.0","id":3,"method":"eth_getFilterChanges","params":["0x1"]}';
	assert.ok(asks(request));
	assert.ok(asks(`POST / HTTP/1.1\r\nHost: n.example\r\nContent-Type: application/json\r\n\r\n${request}`));
});

test("a request whose method is cut, a reply and other protocols say nothing of what was asked", () => {
	assert.equal(asks('{"jsonrpc":"2.0","id":3,"method":"eth_getFil'), false);
	assert.equal(asks('{"jsonrpc":"2.0","id":3,"result":[]}'), false);
	assert.equal(asks("GET / HTTP/1.1\r\nHost: n.example\r\n\r\n"), false);
	assert.equal(asks("SSH-2.0-OpenSSH_9.6\r\n"), false);
});

test("no mining message asks for something else", () => {
	for (const { bytes, message } of EXAMPLES) assert.equal(asksOtherwise(bytes, 0, bytes.length), false, message);
});
