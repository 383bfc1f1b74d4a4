import assert from "node:assert/strict";
import { SocketAddress } from "node:net";
import { test } from "node:test";
import fc from "fast-check";
import { addressBytes, addressText } from "./address.ts";

test("IPv4 is written as UniRec writes it", () => {
	assert.deepEqual([...addressBytes("10.1.2.3")!], [0, 0, 0, 0, 0, 0, 0, 0, 10, 1, 2, 3, 255, 255, 255, 255]);
});

test("text round trip keeps every address, and the text is that of the platform", () => {
	fc.assert(
		fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (text) => {
			const bytes = addressBytes(text)!;
			const family = text.includes(":") ? "ipv6" : "ipv4";
			const written = addressText(bytes, 0);
			assert.deepEqual(addressBytes(written), bytes);
			const canonical = new SocketAddress({ address: text, family }).address;
			// The C library writes ::a.b.c.d for addresses below 2^32 (RFC 5952, 5, permits both).
			if (!(canonical.includes(".") && family === "ipv6")) assert.equal(written, canonical);
		}),
	);
});

test("text that is not an address is refused", () => {
	for (const text of ["", "1.2.3", "1.2.3.256", "::1::", "fe80::1%eth0", "example.org"])
		assert.equal(addressBytes(text), undefined);
});
