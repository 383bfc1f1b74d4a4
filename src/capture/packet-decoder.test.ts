import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { CapturedPacket } from "./captured-packet.ts";
import { DecodedPacket, FRAGMENT } from "./decoded-packet.ts";
import { LayerDecoder } from "./layer-decoder.ts";
import { LINK_TYPE } from "./link-type.ts";
import { OUTCOME_REASONS } from "./outcome.ts";
import { PacketDecoder } from "./packet-decoder.ts";
import { bytesOf, ethernet, gre, ipv4, ipv6, mpls, pppoe, tcp, udp, vlan } from "./testing.ts";

const FILLER = [0xee, 0xee, 0xee];

/** The decoder's result for the bytes, which are between others in their buffer. */
function decode(linkType: number, bytes: readonly number[], decapsulate = false) {
	const captured = new CapturedPacket();
	captured.bytes = Uint8Array.from([...FILLER, ...bytes, ...FILLER]);
	captured.begin = FILLER.length;
	captured.end = FILLER.length + bytes.length;
	captured.linkType = linkType;
	const packet = new DecodedPacket();
	const outcome = new PacketDecoder({ decapsulate }).decode(captured, packet);
	const payload = Buffer.from(captured.bytes.subarray(packet.payloadBegin, packet.payloadEnd)).toString("latin1");
	return { outcome: OUTCOME_REASONS[-outcome], packet, payload };
}

const summary = ({ outcome, packet, payload }: ReturnType<typeof decode>) =>
	outcome === "decoded"
		? `${packet.version}/${packet.protocol} ${packet.sourcePort}>${packet.destinationPort} ${packet.payloadLength} ${payload}`
		: outcome;

const datagram = ipv4(17, udp(bytesOf("hello")));
const datagram6 = ipv6(17, udp(bytesOf("hello")));
const FOUR = "4/17 1111>53 5 hello";
const SIX = "6/17 1111>53 5 hello";

describe("link types, including those that the reference refuses", () => {
	const none = new Array<number>(14).fill(0);
	const cases: readonly [name: string, linkType: number, bytes: readonly number[], expected: string][] = [
		["Ethernet", LINK_TYPE.ETHERNET, ethernet(0x0800, datagram), FOUR],
		["raw IP", LINK_TYPE.RAW, datagram, FOUR],
		["raw IP of BSD", LINK_TYPE.RAW_BSD, datagram6, SIX],
		["raw IP of OpenBSD", LINK_TYPE.RAW_OPENBSD, datagram, FOUR],
		["raw IPv4", LINK_TYPE.IPV4, datagram, FOUR],
		["raw IPv6", LINK_TYPE.IPV6, datagram6, SIX],
		["BSD loopback, little-endian", LINK_TYPE.NULL, [2, 0, 0, 0, ...datagram], FOUR],
		["BSD loopback, big-endian", LINK_TYPE.NULL, [0, 0, 0, 2, ...datagram], FOUR],
		["BSD loopback with macOS's IPv6", LINK_TYPE.NULL, [30, 0, 0, 0, ...datagram6], SIX],
		["OpenBSD loopback", LINK_TYPE.LOOP, [0, 0, 0, 24, ...datagram6], SIX],
		["PPP", LINK_TYPE.PPP, [0x00, 0x21, ...datagram], FOUR],
		["PPP with address and control", LINK_TYPE.PPP, [0xff, 0x03, 0x00, 0x57, ...datagram6], SIX],
		["PPP with a compressed protocol", LINK_TYPE.PPP_HDLC, [0xff, 0x03, 0x21, ...datagram], FOUR],
		["PPPoE without Ethernet", LINK_TYPE.PPP_ETHER, pppoe(0x0021, datagram), FOUR],
		["Cisco HDLC", LINK_TYPE.CISCO_HDLC, [0x0f, 0, 0x08, 0x00, ...datagram], FOUR],
		["Linux cooked", LINK_TYPE.LINUX_SLL, [...none, 0x86, 0xdd, ...datagram6], SIX],
		["Linux cooked, version 2", LINK_TYPE.LINUX_SLL2, [0x08, 0, ...none, 0, 0, 0, 0, ...datagram], FOUR],
		["PPI", LINK_TYPE.PPI, [0, 0, 8, 0, 1, 0, 0, 0, ...ethernet(0x0800, datagram)], FOUR],
		["802.11", 105, datagram, "link: type not supported"],
	];
	for (const [name, linkType, bytes, expected] of cases) {
		test(name, () => assert.equal(summary(decode(linkType, bytes)), expected));
	}
});

describe("the layers between Ethernet and IP", () => {
	const frame = (type: number, bytes: readonly number[]) => decode(1, ethernet(type, bytes));

	test("the VLAN is the outermost tag's, further 802.1Q tags are skipped", () => {
		const tagged = frame(0x88a8, vlan(0xe123, 0x8100, vlan(7, 0x8100, vlan(8, 0x0800, datagram))));
		assert.equal(summary(tagged), FOUR);
		assert.equal(tagged.packet.vlan, 0x123);
		assert.equal(frame(0x0800, datagram).packet.vlan, 0);
	});

	test("MPLS with IP or with Ethernet after a control word, PPPoE, TRILL", () => {
		assert.equal(summary(frame(0x8847, mpls(1, false, mpls(2, true, datagram)))), FOUR);
		assert.equal(summary(frame(0x8848, mpls(2, true, datagram6))), SIX);
		assert.equal(summary(frame(0x8847, mpls(2, true, [0, 0, 0, 0, ...ethernet(0x0800, datagram)]))), FOUR);
		assert.equal(summary(frame(0x8847, mpls(2, true, [0x90]))), "mpls: neither IP nor Ethernet inside");
		assert.equal(summary(frame(0x8864, pppoe(0x0057, datagram6))), SIX);
		assert.equal(summary(frame(0x22f3, [0, 0x40, 1, 2, 3, 4, 0, 0, 0, 0, ...ethernet(0x0800, datagram)])), FOUR);
	});

	test("other protocols are reported as not IP", () => {
		assert.equal(summary(frame(0x0806, new Array(28).fill(0))), "link: not IP");
		assert.equal(summary(decode(LINK_TYPE.RAW, [0x50, 0, 0])), "ip: neither version 4 nor 6");
	});
});

describe("IP", () => {
	test("extension headers of IPv6 are skipped, and are not payload", () => {
		const options = (next: number, inside: readonly number[]) => [next, 0, 1, 4, 0, 0, 0, 0, ...inside];
		const authentication = [17, 4, 0, 0, ...new Array<number>(20).fill(1), ...udp(bytesOf("hello"))];
		assert.equal(summary(decode(LINK_TYPE.RAW, ipv6(0, options(60, options(17, udp(bytesOf("hello"))))))), SIX);
		assert.equal(summary(decode(LINK_TYPE.RAW, ipv6(51, authentication))), SIX);
		assert.equal(summary(decode(LINK_TYPE.RAW, ipv6(0, [17]))), "ipv6: extension header cut");
	});

	test("the first fragment has ports, later ones are all payload", () => {
		const first = decode(LINK_TYPE.RAW, ipv4(17, udp(bytesOf("hello")), { fragment: 0x2000, id: 77 }));
		assert.deepEqual([first.packet.fragment, first.packet.fragmentId, summary(first)], [FRAGMENT.FIRST, 77, FOUR]);
		const later = decode(LINK_TYPE.RAW, ipv4(17, bytesOf("rest"), { fragment: 3 }));
		assert.deepEqual([later.packet.fragment, summary(later)], [FRAGMENT.LATER, "4/17 0>0 4 rest"]);
		const later6 = decode(LINK_TYPE.RAW, ipv6(44, [17, 0, 0, 9, 0, 0, 1, 2, ...bytesOf("rest")]));
		assert.deepEqual([later6.packet.fragment, later6.packet.fragmentId], [FRAGMENT.LATER, 0x102]);
		assert.equal(summary(later6), "6/17 0>0 4 rest");
	});
});

describe("TCP", () => {
	const segment = (offset: number, options: readonly number[], payload = "data") => {
		const bytes = tcp([...options, ...bytesOf(payload)]);
		bytes[12] = offset << 4;
		return summary(decode(LINK_TYPE.RAW, ipv4(6, bytes)));
	};

	test("a packet with a truncated header or invalid options is rejected", () => {
		assert.equal(segment(5, []), "4/6 1111>80 4 data");
		assert.equal(segment(8, [1, 1, 8, 10, 0, 0, 0, 0, 0, 0, 0, 0]), "4/6 1111>80 4 data");
		assert.equal(segment(6, [8, 0, 0, 0]), "tcp: options damaged");
		assert.equal(segment(6, [1, 1, 1, 8]), "tcp: options damaged");
		assert.equal(segment(6, [8, 99, 0, 0]), "4/6 1111>80 4 data");
		assert.equal(segment(15, []), "tcp: header cut");
	});

	test("padding of a short frame and bytes after a long one are not payload", () => {
		const short = ethernet(0x0800, [...ipv4(6, tcp(bytesOf("ab"))), 0, 0, 0, 0]);
		assert.equal(summary(decode(1, short)), "4/6 1111>80 2 ab");
		const long = ethernet(0x0800, [...ipv4(6, tcp(bytesOf("x".repeat(40)))), ...bytesOf("trailer")]);
		assert.equal(summary(decode(1, long)), `4/6 1111>80 40 ${"x".repeat(40)}`);
	});
});

describe("IP lengths", () => {
	const TOO_SHORT = "ip: length below that of its headers";
	const segment = tcp(bytesOf("offloaded"));
	const sized = (packet: readonly number[], at: number, length: number) =>
		ethernet(packet[0] === 0x60 ? 0x86dd : 0x0800, packet.with(at, length >> 8).with(at + 1, length & 0xff));

	test("of 0 mean the rest of the frame: packets before segmentation offload, and jumbo payloads", () => {
		const v4 = decode(LINK_TYPE.ETHERNET, sized(ipv4(6, segment), 2, 0));
		assert.deepEqual([v4.packet.ipLength, v4.packet.payloadLength, v4.payload], [49, 9, "offloaded"]);
		const v6 = decode(LINK_TYPE.ETHERNET, sized(ipv6(6, segment), 4, 0));
		assert.deepEqual([v6.packet.ipLength, v6.packet.payloadLength, v6.payload], [69, 9, "offloaded"]);
		const hopByHop = [6, 0, 0xc2, 4, 0, 1, 0, 8];
		const jumbo = decode(LINK_TYPE.ETHERNET, sized(ipv6(0, [...hopByHop, ...segment]), 4, 0));
		assert.deepEqual([jumbo.packet.ipLength, jumbo.packet.payloadLength, jumbo.payload], [77, 9, "offloaded"]);
	});

	test("shorter than the headers are malformed", () => {
		for (const length of [1, 19, 20, 39])
			assert.equal(decode(LINK_TYPE.ETHERNET, sized(ipv4(6, segment), 2, length)).outcome, TOO_SHORT);
		assert.equal(decode(LINK_TYPE.ETHERNET, sized(ipv6(6, segment), 4, 19)).outcome, TOO_SHORT);
		assert.equal(decode(LINK_TYPE.ETHERNET, sized(ipv4(17, udp([1])), 2, 27)).outcome, TOO_SHORT);
		assert.equal(decode(LINK_TYPE.ETHERNET, sized(ipv4(6, segment), 2, 40)).outcome, "decoded");
	});
});

describe("tunnels", () => {
	const inner = ethernet(0x0800, datagram);
	const outer = (port: number, bytes: readonly number[]) => ipv4(17, udp(bytes, 40000, port));

	test("GRE within IPv4 is always opened, with checksum, key and sequence number", () => {
		for (const flags of [0, 0x8000, 0x2000, 0x1000, 0xb000]) {
			assert.equal(summary(decode(LINK_TYPE.RAW, ipv4(47, gre(0x0800, datagram, flags)))), FOUR);
			assert.equal(summary(decode(LINK_TYPE.RAW, ipv4(47, gre(0x86dd, datagram6, flags)))), SIX);
		}
		assert.equal(summary(decode(LINK_TYPE.RAW, ipv4(47, gre(0x880b, [1, 2])))), "tunnel: nothing that is read inside");
	});

	const cases: readonly [name: string, bytes: readonly number[], opened: string][] = [
		["IP in IP", ipv4(4, datagram), FOUR],
		["6in4", ipv4(41, datagram6), SIX],
		["4in6", ipv6(4, datagram), FOUR],
		["GRE within IPv6", ipv6(47, gre(0x0800, datagram)), FOUR],
		["GENEVE with Ethernet and an option", outer(6081, [1, 0, 0x65, 0x58, 0, 0, 5, 0, 1, 2, 3, 0, ...inner]), FOUR],
		["GENEVE with IP", outer(6081, [0, 0, 0x08, 0x00, 0, 0, 5, 0, ...datagram]), FOUR],
		["VXLAN-GPE with IPv6", outer(4790, [0x0c, 0, 0, 2, 0, 0, 5, 0, ...datagram6]), SIX],
		["VXLAN-GPE with Ethernet", outer(4790, [0x0c, 0, 0, 3, 0, 0, 5, 0, ...inner]), FOUR],
		["MPLS over UDP", outer(6635, mpls(7, true, datagram)), FOUR],
		["TZSP with tags", outer(37008, [1, 0, 0, 1, 0, 10, 1, 0x80, 1, ...inner]), FOUR],
		["VXLAN", outer(4789, [8, 0, 0, 0, 0, 0, 5, 0, ...inner]), FOUR],
		["GTP-U", outer(2152, [0x30, 0xff, 0, 33, 0, 0, 0, 1, ...datagram]), FOUR],
		[
			"GTP-U with extension headers",
			outer(2152, [0x34, 0xff, 0, 41, 0, 0, 0, 1, 0, 0, 0, 0x85, 1, 0, 0, 0, ...datagram6]),
			SIX,
		],
		["Teredo", outer(3544, datagram6), SIX],
		["Teredo with origin indication", outer(3544, [0, 0, 1, 2, 3, 4, 5, 6, ...datagram6]), SIX],
	];
	for (const [name, bytes, opened] of cases) {
		test(`${name} is opened on request, else it is an ordinary packet`, () => {
			assert.equal(summary(decode(LINK_TYPE.RAW, bytes, true)), opened);
			const closed = summary(decode(LINK_TYPE.RAW, bytes));
			assert.ok(closed !== opened && !/cut|nothing/.test(closed!), closed);
		});
	}

	test("Ethernet within GRE, and ERSPAN of all types, are opened on request, else they make no flow", () => {
		for (const bytes of [
			gre(0x6558, inner),
			gre(0x88be, inner),
			gre(0x88be, [...new Array<number>(8).fill(1), ...inner], 0x1000),
			gre(0x22eb, [...new Array<number>(12).fill(0), ...inner], 0x1000),
			gre(0x22eb, [...new Array<number>(11).fill(0), 1, ...new Array<number>(8).fill(0), ...inner], 0x1000),
		]) {
			assert.equal(summary(decode(LINK_TYPE.RAW, ipv4(47, bytes), true)), FOUR);
			assert.equal(summary(decode(LINK_TYPE.RAW, ipv4(47, bytes))), "tunnel: nothing that is read inside");
		}
	});

	test("a packet that only has a tunnel's port stays a UDP packet", () => {
		for (const port of [4789, 2152, 3544]) {
			assert.equal(summary(decode(LINK_TYPE.RAW, outer(port, bytesOf("other")), true)), `4/17 40000>${port} 5 other`);
		}
	});

	test("nesting is bounded", () => {
		let bytes: number[] = datagram;
		for (let depth = 0; depth < 40; depth++) bytes = ipv4(4, bytes);
		assert.equal(summary(decode(LINK_TYPE.RAW, bytes, true)), "tunnel: too many layers");
	});
});

test("no byte outside the captured ones is read, for any header values", () => {
	const seeds = [
		ethernet(0x0800, ipv4(6, tcp(bytesOf("payload")))),
		ethernet(0x8100, vlan(1, 0x86dd, ipv6(0, [60, 0, 0, 0, 0, 0, 0, 0, 17, 0, 0, 0, 0, 0, 0, 0, ...udp([1, 2, 3])]))),
		ethernet(0x8847, mpls(1, true, [0, 0, 0, 0, ...ethernet(0x8864, pppoe(0x21, datagram))])),
		ethernet(0x0800, ipv4(47, gre(0x88be, [...new Array<number>(8).fill(1), ...ethernet(0x0800, datagram)], 0x1000))),
		ethernet(0x0800, ipv4(17, udp([0x34, 0xff, 0, 41, 0, 0, 0, 1, 0, 0, 0, 0x85, 1, 0, 0, 0, ...datagram6], 1, 2152))),
	];
	const change = fc.tuple(fc.nat(120), fc.nat(255));
	const linkType = fc.constantFrom(1, 1, 1, ...Object.values(LINK_TYPE));
	const property = fc.property(
		fc.constantFrom(...seeds),
		fc.array(change, { maxLength: 6 }),
		fc.nat(140),
		linkType,
		fc.boolean(),
		(seed, changes, length, linkType, decapsulate) => {
			const bytes = seed.slice(0, length);
			for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
			const watched = new WatchedBytes(bytes, linkType);
			const packet = new DecodedPacket();
			const outcome = new LayerDecoder(decapsulate).decode(watched.captured, packet);
			assert.ok(OUTCOME_REASONS[-outcome] !== undefined);
			assert.ok(watched.isWithin, "read outside");
			if (outcome !== 0) return;
			assert.ok(packet.payloadEnd >= packet.payloadBegin);
			if (packet.payloadEnd > packet.payloadBegin) assert.ok(packet.payloadEnd <= watched.captured.end);
		},
	);
	fc.assert(property, { numRuns: 3000, seed: 7 });
});

/** Captured bytes that detect a read outside them. */
class WatchedBytes {
	readonly captured = new CapturedPacket();
	isWithin = true;

	constructor(bytes: readonly number[], linkType: number) {
		const within = (at: number) => at >= 10 && at < 10 + bytes.length;
		this.captured.bytes = new Proxy(new Uint8Array(0), {
			get: (_, property) => {
				const at = Number(property);
				if (!within(at)) this.isWithin = false;
				return within(at) ? bytes[at - 10] : 0;
			},
		});
		this.captured.begin = 10;
		this.captured.end = 10 + bytes.length;
		this.captured.linkType = linkType;
	}
}
