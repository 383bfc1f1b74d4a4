import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { addressBytes } from "./address.ts";
import { NetworkList, parseNetwork } from "./networks.ts";

test("networks of both versions and single addresses are read", () => {
	for (const text of ["10.0.0.0/8", "0.0.0.0/0", "192.0.2.1", "2001:db8::/32", "::/0", "::1"]) {
		assert.equal(parseNetwork(text)?.text, text);
	}
});

test("anything else is not a network", () => {
	for (const text of [
		"",
		"10.0.0.0/33",
		"10.1.2.3/8",
		"10.0.0/8",
		"10.0.0.0/",
		"10.0.0.0/8/8",
		"2001:db8::/129",
		"x",
	]) {
		assert.equal(parseNetwork(text), undefined, text);
	}
});

test("IPv4 networks do not contain IPv6 addresses, and IPv6 networks no IPv4 addresses", () => {
	const everyFour = new NetworkList([parseNetwork("0.0.0.0/0")!]);
	const everySix = new NetworkList([parseNetwork("::/0")!]);
	assert.deepEqual([everyFour.containsText("192.0.2.1"), everyFour.containsText("2001:db8::1")], [true, false]);
	assert.deepEqual([everySix.containsText("192.0.2.1"), everySix.containsText("2001:db8::1")], [false, true]);
	assert.equal(everyFour.containsText("nonsense"), false);
});

test("a list contains an address if one of its networks does", () => {
	const four = fc.tuple(fc.nat(3), fc.nat(3), fc.nat(3), fc.nat(3)).map((bytes) => bytes.map((byte) => byte * 64));
	const network = fc.tuple(four, fc.integer({ min: 0, max: 32 })).map(([bytes, prefix]) => {
		const value = bytes.reduce((sum, byte) => sum * 256 + byte, 0);
		const masked = prefix === 0 ? 0 : Math.floor(value / 2 ** (32 - prefix)) * 2 ** (32 - prefix);
		return {
			text: `${[24, 16, 8, 0].map((shift) => (masked / 2 ** shift) & 255).join(".")}/${prefix}`,
			masked,
			prefix,
		};
	});
	fc.assert(
		fc.property(fc.array(network, { maxLength: 8 }), four, (networks, address) => {
			const value = address.reduce((sum, byte) => sum * 256 + byte, 0);
			const expected = networks.some(({ masked, prefix }) => value >= masked && value < masked + 2 ** (32 - prefix));
			const list = new NetworkList(networks.map(({ text }) => parseNetwork(text)!));
			assert.equal(list.contains(addressBytes(address.join("."))!, 0), expected);
		}),
	);
});
