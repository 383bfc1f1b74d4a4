import assert from "node:assert/strict";
import { test } from "node:test";
import { asksOtherwise } from "./asks-otherwise.ts";
import { EXAMPLES } from "./testing.ts";

const asks = (text: string) => asksOtherwise(Buffer.from(text, "latin1"), 0, text.length);

test("a client of a node requests something other than work, over a stream or HTTP", () => {
	const request = '{"jsonrpc":"2.0","id":3,"method":"eth_getFilterChanges","params":["0x1"]}';
	assert.ok(asks(request));
	assert.ok(asks(`POST / HTTP/1.1\r\nHost: n.example\r\nContent-Type: application/json\r\n\r\n${request}`));
});

test("requests with a cut method, replies and other protocols return false", () => {
	assert.equal(asks('{"jsonrpc":"2.0","id":3,"method":"eth_getFil'), false);
	assert.equal(asks('{"jsonrpc":"2.0","id":3,"result":[]}'), false);
	assert.equal(asks("GET / HTTP/1.1\r\nHost: n.example\r\n\r\n"), false);
	assert.equal(asks("SSH-2.0-OpenSSH_9.6\r\n"), false);
});

test("mining messages return false", () => {
	for (const { bytes, message } of EXAMPLES) assert.equal(asksOtherwise(bytes, 0, bytes.length), false, message);
});
