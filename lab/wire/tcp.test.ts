import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Conversation } from "../conversation.ts";
import { ordinaryMining } from "../protocols/mining-parameters.ts";
import { ordinaryScripts } from "../protocols/ordinary.ts";
import { bitcoinStratum } from "../protocols/stratum-bitcoin.ts";
import { Random } from "../random.ts";
import { ACK, FIN, internetChecksum, SYN } from "./frame.ts";
import { ordinaryPath, type Path, type TimedFrame } from "./path.ts";
import { tcpPackets } from "./tcp.ts";
import { udpPackets } from "./udp.ts";

const client = { address: "192.168.1.2", port: 40_000, hopLimit: 64 };
const server = { address: "203.0.113.9", port: 3333, hopLimit: 52 };
const client6 = { ...client, address: "2001:db8::2" };
const server6 = { ...server, address: "2001:db8:1::9" };
const START = 1_700_000_000_000_000;

const script = (latency: number, seed = 5) =>
	bitcoinStratum(new Random(seed), { ...ordinaryMining, duration: 300, shareInterval: 6, latency });
const packets = (path: Partial<Path> = {}, seed = 1, conversation = script(path.latency ?? 0.02)) =>
	tcpPackets(conversation, client, server, START, { ...ordinaryPath, ...path }, new Random(seed));

interface Seen {
	readonly time: number;
	readonly fromClient: boolean;
	readonly sequence: number;
	readonly acknowledgement: number;
	readonly flags: number;
	readonly payload: Uint8Array;
}

/** A parsed IPv4 frame without VLAN tag. */
function seen({ time, bytes }: TimedFrame): Seen {
	const view = new DataView(bytes.buffer, bytes.byteOffset);
	const tcp = 34;
	return {
		time,
		fromClient: view.getUint16(tcp) === client.port,
		sequence: view.getUint32(tcp + 4),
		acknowledgement: view.getUint32(tcp + 8),
		flags: bytes[tcp + 13]!,
		payload: bytes.subarray(tcp + (bytes[tcp + 12]! >> 4) * 4),
	};
}

/** The data that one side wrote, reassembled by sequence numbers alone. */
function stream(all: readonly Seen[], fromClient: boolean): string {
	const mine = all.filter((packet) => packet.fromClient === fromClient);
	const first = mine.find(({ flags }) => flags & SYN)!.sequence + 1;
	const bytes = new Map<number, number>();
	for (const { sequence, payload } of mine) {
		for (const [i, byte] of payload.entries()) {
			const place = (sequence - first + i) >>> 0;
			assert.equal(bytes.get(place) ?? byte, byte);
			bytes.set(place, byte);
		}
	}
	return Buffer.from([...bytes.entries()].sort(([a], [b]) => a - b).map(([, byte]) => byte)).toString("hex");
}

function written(conversation: Conversation, from: "client" | "server"): string {
	const messages = conversation.messages.filter((message) => message.from === from);
	return Buffer.concat(messages.map(({ bytes }) => bytes!)).toString("hex");
}

describe("a conversation over TCP", () => {
	it("begins with the handshake and ends with both FINs acknowledged", () => {
		const all = packets().map(seen);
		assert.deepEqual(
			all.slice(0, 3).map(({ fromClient, flags }) => [fromClient, flags]),
			[
				[true, SYN],
				[false, SYN | ACK],
				[true, ACK],
			],
		);
		assert.equal(all[0]!.sequence + 1, all[1]!.acknowledgement);
		assert.equal(all.filter(({ flags }) => flags & FIN).length, 2);
		assert.equal(all.at(-1)!.payload.length, 0);
	});

	for (const [name, path] of Object.entries({
		"a clean path": {},
		"a bad path": { loss: 0.08, jitter: 0.02, latency: 0.12 },
		"a path seen from the server": { loss: 0.03, observedAt: 0.95 },
		"a path of small segments": { segmentSize: 536, timestamps: false },
	})) {
		it(`carries every byte of both ends in place over ${name}`, () => {
			const conversation = script((path as Partial<Path>).latency ?? 0.02);
			// A segment lost before the capture and retransmitted appears once; one lost after it appears twice.
			const all = packets(path, 3, conversation).map(seen);
			assert.equal(stream(all, true), written(conversation, "client"));
			assert.equal(stream(all, false), written(conversation, "server"));
		});
	}

	it("has segments no longer than the path allows", () => {
		for (const { payload } of packets({ segmentSize: 536 }).map(seen)) assert.ok(payload.length <= 536 - 12);
	});

	it("acknowledges nothing that was not sent, and all in the end", () => {
		const all = packets({ loss: 0.05 }, 9).map(seen);
		const ends = { client: 0, server: 0 };
		for (const fromClient of [true, false]) {
			const mine = all.filter((packet) => packet.fromClient === fromClient);
			const end = ({ sequence, payload, flags }: Seen) => sequence + payload.length + (flags & FIN ? 1 : 0);
			ends[fromClient ? "client" : "server"] = Math.max(...mine.map(end));
		}
		assert.ok(
			all.every(({ fromClient, acknowledgement }) => acknowledgement <= ends[fromClient ? "server" : "client"]),
		);
		assert.equal(Math.max(...all.filter((p) => p.fromClient).map((p) => p.acknowledgement)), ends.server);
		assert.equal(Math.max(...all.filter((p) => !p.fromClient).map((p) => p.acknowledgement)), ends.client);
	});

	it("shows retransmissions where packets were lost behind the capture, and none on a clean path", () => {
		const copies = (all: readonly Seen[]) => {
			const keys = all.filter(({ payload }) => payload.length > 0).map((p) => `${p.fromClient} ${p.sequence}`);
			return keys.length - new Set(keys).size;
		};
		assert.equal(copies(packets({ jitter: 0.002 }).map(seen)), 0);
		assert.ok(copies(packets({ loss: 0.1 }).map(seen)) > 0);
	});

	it("never answers before the question came", () => {
		// By sequence numbers: a server's segment acknowledges everything that the script read before.
		const conversation = ordinaryScripts.ethereumNode!(new Random(2), {
			duration: 300,
			latency: 0.03,
			serverName: "node.example",
		});
		const all = packets({ loss: 0.1, observedAt: 0.5 }, 4, conversation).map(seen);
		const first = all[0]!.sequence + 1;
		const requests = conversation.messages.filter(({ from }) => from === "client");
		const answers = conversation.messages.filter(({ from }) => from === "server");
		const base = all.find(({ flags }) => flags === (SYN | ACK))!.sequence + 1;
		let asked = 0;
		let answered = 0;
		for (const [i, answer] of answers.entries()) {
			asked += requests[i]!.length;
			const begin = base + answered;
			const packet = all.find(
				({ fromClient, sequence, payload }) => !fromClient && sequence === begin && payload.length > 0,
			);
			assert.ok(packet !== undefined && packet.acknowledgement - first >= asked);
			answered += answer.length;
		}
	});

	it("is the same for the same seed, another for another", () => {
		assert.deepEqual(packets({ loss: 0.02 }), packets({ loss: 0.02 }));
		assert.notDeepEqual(packets({ loss: 0.02 }), packets({ loss: 0.02 }, 2));
	});
});

describe("a frame", () => {
	const pseudo = (source: Uint8Array, destination: Uint8Array, length: number, protocol: number) =>
		Uint8Array.from([...source, ...destination, length >> 24, length >> 16, length >> 8, length, 0, 0, 0, protocol]);

	it("has right checksums and lengths over IPv4", () => {
		for (const { bytes } of packets()) {
			const ip = bytes.subarray(14);
			assert.equal(internetChecksum(ip.subarray(0, 20)), 0);
			assert.equal((ip[2]! << 8) | ip[3]!, ip.length);
			const tcp = ip.subarray(20);
			assert.equal(internetChecksum(pseudo(ip.subarray(12, 16), ip.subarray(16, 20), tcp.length, 6), tcp), 0);
		}
	});

	it("has right checksums and lengths over IPv6 behind a VLAN tag", () => {
		const all = tcpPackets(script(0.02), client6, server6, START, { ...ordinaryPath, vlan: 110 }, new Random(1));
		for (const { bytes } of all) {
			assert.deepEqual([...bytes.subarray(12, 18)], [0x81, 0, 0, 110, 0x86, 0xdd]);
			const ip = bytes.subarray(18);
			assert.equal((ip[4]! << 8) | ip[5]!, ip.length - 40);
			const tcp = ip.subarray(40);
			assert.equal(internetChecksum(pseudo(ip.subarray(8, 24), ip.subarray(24, 40), tcp.length, 6), tcp), 0);
		}
	});

	it("has right checksums and lengths over UDP", () => {
		const conversation = ordinaryScripts.ntp!(new Random(1), { duration: 600, latency: 0.01, serverName: "" });
		const all = udpPackets(conversation, client, server, START, ordinaryPath, new Random(1));
		assert.equal(all.length, conversation.messages.length);
		for (const { bytes } of all) {
			const udp = bytes.subarray(34);
			assert.equal((udp[4]! << 8) | udp[5]!, udp.length);
			assert.equal(internetChecksum(pseudo(bytes.subarray(26, 30), bytes.subarray(30, 34), udp.length, 17), udp), 0);
		}
	});
});
