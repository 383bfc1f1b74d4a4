import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import { needsShared, sharedPath } from "../../lab/shared-data.ts";
import { openByteSource } from "../bytes/byte-source.ts";
import { PacketReader } from "../capture/packet-reader.ts";
import { bytesOf, ethernet, gre, ipv4, ipv6, mpls, tcp, udp, vlan } from "../capture/testing.ts";
import { extension, helloMessage, inRecords, sealInitial } from "../tls/testing.ts";
import { fuzzMeter } from "./fuzz.testing.ts";

const hello = [
	...inRecords(helloMessage({ extensions: [extension.serverName("pool.example"), extension.longKeyShare()] })),
];
const initial = [...sealInitial(1, Uint8Array.of(1, 2, 3, 4), 0, Uint8Array.of(6, 0, 4, 1, 2, 3, 4), 100)];
const madeFrames = [
	ethernet(0x0800, ipv4(6, tcp(bytesOf("payload")))),
	ethernet(0x0800, ipv4(6, tcp([], { flags: 2 }))),
	ethernet(0x0800, ipv4(6, tcp(hello.slice(0, 700)))),
	ethernet(0x0800, ipv4(6, tcp(hello.slice(700), { sequence: 701 }))),
	ethernet(0x0800, ipv4(17, udp(initial, 5000, 443))),
	ethernet(0x0800, ipv4(17, udp(bytesOf("first")), { fragment: 0x2000, id: 5 })),
	ethernet(0x0800, ipv4(17, bytesOf("later"), { fragment: 1, id: 5 })),
	ethernet(0x8100, vlan(5, 0x86dd, ipv6(0, [17, 0, 0, 0, 0, 0, 0, 0, ...udp(bytesOf("x"))]))),
	ethernet(0x8847, mpls(1, true, ipv4(47, gre(0x0800, ipv4(17, udp(bytesOf("inner"))))))),
].map((bytes) => ({ linkType: 1, bytes: Uint8Array.from(bytes) }));

test("mutated packets with hostile times break nothing and lose nothing", () => {
	for (const seed of [1, 2, 3, 4]) {
		const { flows } = fuzzMeter(madeFrames, { seed, packets: 15_000 });
		assert.ok(flows > 0);
	}
});

test("mutated packets of real captures break nothing, either", {
	skip: needsShared("data/captures/ndpi"),
}, async () => {
	const folder = sharedPath("data/captures/ndpi")!;
	const frames: { linkType: number; bytes: Uint8Array }[] = [];
	for (const name of readdirSync(folder).slice(0, 60)) {
		const reader = new PacketReader(openByteSource(`${folder}/${name}`));
		const { packet } = reader;
		if (await reader.fill()) {
			while (reader.next() && frames.length < 20_000) {
				frames.push({ linkType: packet.linkType, bytes: packet.bytes.slice(packet.begin, packet.end) });
			}
		}
		reader.close();
	}
	const { flows } = fuzzMeter(frames, { seed: 9, packets: 60_000 });
	assert.ok(flows > 100);
});
