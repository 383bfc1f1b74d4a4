import assert from "node:assert/strict";
import { test } from "node:test";
import { addressBytes } from "../flow/address.ts";
import { networkTest } from "./network-test.ts";

test("networks are told by prefix, in both versions of IP; a bare address is its own network", () => {
	const internal = networkTest("10.0.0.0/8, 2001:db8::/32,192.0.2.7");
	const inside = (text: string) => internal(addressBytes(text)!, 0);
	assert.deepEqual(["10.255.0.1", "11.0.0.1", "2001:db8::9", "2001:db9::", "192.0.2.7", "192.0.2.8"].map(inside), [
		true,
		false,
		true,
		false,
		true,
		false,
	]);
	for (const text of ["", "10.0.0.0/33", "10.0.0/8", "::/129", "10.0.0.0/8/8", "10.0.0.0/-1", "example.org"])
		assert.throws(() => networkTest(text), /no network/);
});
