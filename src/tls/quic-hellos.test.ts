import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { ClientHello, protocolsOf, serverNameOf } from "./client-hello.ts";
import { MAXIMUM_PACKETS, QuicHellos } from "./quic-hellos.ts";
import { looksLikeInitial } from "./quic-initial.ts";
import { clientInitialKeys, quicVersion } from "./quic-keys.ts";
import { cryptoFrame, extension, helloMessage, sealInitial } from "./testing.ts";

const hex = (text: string) => Uint8Array.from(Buffer.from(text.replace(/\s/g, ""), "hex"));
const toHex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const VERSION_2 = 0x6b3343cf;
const id = hex("8394c8f03e515708");

/** The CRYPTO frame of RFC 9001, A.2. */
const frameOfRfc9001 = hex(`
	060040f1010000ed0303ebf8fa56f12939b9584a3896472ec40bb863cfd3e868
	04fe3a47f06a2b69484c00000413011302010000c000000010000e00000b6578
	616d706c652e636f6dff01000100000a00080006001d00170018001000070005
	04616c706e000500050100000000003300260024001d00209370b2c9caa47fba
	baf4559fedba753de171fa71f50f1ce15d43e994ec74d748002b000302030400
	0d0010000e0403050306030203080408050806002d00020101001c0002400100
	3900320408ffffffffffffffff05048000ffff07048000ffff08011001048000
	75300901100f088394c8f03e51570806048000ffff`);
const into = new ClientHello();
const message = helloMessage({
	extensions: [extension.longKeyShare(), extension.serverName("quic.pool.example"), extension.protocols("h3")],
});

function readAll(datagrams: readonly Uint8Array[]): string {
	const hellos = new QuicHellos(4);
	const handle = hellos.open();
	let result = "incomplete";
	for (const datagram of datagrams) {
		assert.ok(looksLikeInitial(datagram, 0, datagram.length));
		result = hellos.add(handle, datagram, 0, datagram.length, into);
		if (result !== "incomplete") break;
	}
	return result;
}

describe("the keys of Initial packets", () => {
	it("are those of RFC 9001, A.1 in version 1", () => {
		const { key, iv, headerKey } = clientInitialKeys(quicVersion(1)!, id);
		assert.equal(toHex(key.export()), "1f369613dd76d5467730efcbe3b1a22d");
		assert.equal(toHex(iv), "fa044b2f42a3fd3b46fb255c");
		assert.equal(toHex(headerKey.export()), "9f50449e04a0e810283a1e9933adedd2");
	});

	it("are those of RFC 9369, A.1 in version 2", () => {
		const { key, iv, headerKey } = clientInitialKeys(quicVersion(VERSION_2)!, id);
		assert.equal(toHex(key.export()), "8b1a0bc121284290a29e0971b5cd045d");
		assert.equal(toHex(iv), "91f73e2351d8fa91660e909f");
		assert.equal(toHex(headerKey.export()), "45b95e15235d6f45a6b19cbcb0294ba9");
	});
});

describe("an Initial packet", () => {
	it("of RFC 9001, A.2 has its name and protocol", () => {
		const packet = sealInitial(1, id, 2, frameOfRfc9001);
		// The test's own sealing is right: head and tag equal those of the RFC.
		assert.equal(toHex(packet.subarray(0, 32)), "c000000001088394c8f03e5157080000449e7b9aec34d1b1c98dd7689fb8ec11");
		assert.equal(toHex(packet.subarray(-16)), "e221af44860018ab0856972e194cd934");
		assert.equal(readAll([packet]), "complete");
		assert.equal(serverNameOf(into), "example.com");
		assert.deepEqual(protocolsOf(into), ["alpn"]);
	});

	it("of RFC 9369, A.2 is read in version 2", () => {
		const packet = sealInitial(VERSION_2, id, 2, frameOfRfc9001);
		assert.equal(toHex(packet.subarray(0, 32)), "d76b3343cf088394c8f03e5157080000449ea0c95e82ffe67b6abcdb4298b485");
		assert.equal(readAll([packet]), "complete");
		assert.equal(serverNameOf(into), "example.com");
	});

	it("is unchanged by reading", () => {
		const packet = sealInitial(1, id, 2, frameOfRfc9001);
		const before = toHex(packet);
		readAll([packet]);
		assert.equal(toHex(packet), before);
	});

	it("that is damaged or the server's adds nothing, and the next is awaited", () => {
		const packet = sealInitial(1, id, 2, frameOfRfc9001);
		packet[300]! ^= 1;
		assert.equal(readAll([packet]), "incomplete");
		assert.equal(readAll([packet, sealInitial(1, id, 2, frameOfRfc9001)]), "complete");
	});

	it("is distinguished from other datagrams by its first bytes", () => {
		const packet = sealInitial(1, id, 2, frameOfRfc9001);
		for (const [at, value] of [
			[0, 0x40],
			[0, 0xe3],
			[4, 9],
		] as const) {
			const other = packet.slice();
			other[at] = value;
			assert.equal(looksLikeInitial(other, 0, other.length), false);
		}
		assert.equal(looksLikeInitial(packet, 0, 20), false);
	});
});

describe("a ClientHello over several Initial packets", () => {
	const half = message.length >> 1;
	const first = sealInitial(1, id, 0, cryptoFrame(0, message.subarray(0, half)), 1000);
	const secondFrame = cryptoFrame(half, message.subarray(half));

	it("is reassembled from datagrams in any order", () => {
		const second = sealInitial(1, id, 1, secondFrame, 1000);
		for (const datagrams of [
			[first, second],
			[second, first],
			[first, first, second],
		]) {
			assert.equal(readAll(datagrams), "complete");
			assert.equal(serverNameOf(into), "quic.pool.example");
			assert.deepEqual(protocolsOf(into), ["h3"]);
		}
		assert.equal(readAll([first]), "incomplete");
	});

	it("is reassembled from packets of one datagram", () => {
		assert.equal(readAll([Buffer.concat([first, sealInitial(1, id, 1, secondFrame, 1000)])]), "complete");
	});

	it("keeps the first packet's keys when the client writes to the id that the server chose", () => {
		const chosen = hex("0102030405060708090a");
		assert.equal(readAll([first, sealInitial(1, chosen, 1, secondFrame, 1000, id)]), "complete");
	});

	it("has new keys after a Retry", () => {
		const retried = hex("aabbccdd00112233");
		const again = [
			sealInitial(1, retried, 1, cryptoFrame(0, message.subarray(0, half)), 1000),
			sealInitial(1, retried, 2, secondFrame, 1000),
		];
		assert.equal(readAll([first, ...again]), "complete");
	});

	it("is read from frames that are shuffled, padded and mixed with pings and acknowledgements", () => {
		const frames = Buffer.concat([
			Uint8Array.of(1, 0, 0, 2, 5, 0, 1, 0, 1, 1),
			cryptoFrame(900, message.subarray(900)),
			Uint8Array.of(0, 0, 1),
			cryptoFrame(0, message.subarray(0, 450)),
			cryptoFrame(400, message.subarray(400, 900)),
		]);
		assert.equal(readAll([sealInitial(1, id, 0, frames, frames.length + 40)]), "complete");
		assert.equal(serverNameOf(into), "quic.pool.example");
	});

	it("is discarded after a number of packets, and if the frames are malformed", () => {
		const many = Array.from({ length: MAXIMUM_PACKETS + 1 }, () => first);
		assert.equal(readAll(many), "none");
		assert.equal(readAll([sealInitial(1, id, 0, Uint8Array.of(0x1c, 0, 0), 1000)]), "none");
		assert.equal(readAll([sealInitial(1, id, 0, cryptoFrame(60_000, message.subarray(0, 9)), 1000)]), "none");
	});
});

describe("hostile datagrams", () => {
	it("never make the reader throw", () => {
		const packet = sealInitial(1, id, 0, cryptoFrame(0, message.subarray(0, 700)), 800);
		const hellos = new QuicHellos(8);
		const damage = fc.array(fc.tuple(fc.nat(40), fc.nat(255)), { maxLength: 6 });
		fc.assert(
			fc.property(damage, fc.nat(packet.length), (changes, length) => {
				const bytes = packet.slice();
				for (const [at, value] of changes) bytes[at] = value;
				looksLikeInitial(bytes, 0, length);
				const handle = hellos.open();
				hellos.add(handle, bytes, 0, length, into);
				assert.ok(into.serverName.end <= into.bytes.length);
			}),
			{ numRuns: 2000 },
		);
	});

	it("cannot hide malformed frames behind a valid seal", () => {
		const hellos = new QuicHellos(8);
		fc.assert(
			fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), (frames) => {
				const packet = sealInitial(1, id, 0, frames, 300);
				const handle = hellos.open();
				assert.notEqual(hellos.add(handle, packet, 0, packet.length, into), "complete");
			}),
			{ numRuns: 300 },
		);
	});
});
