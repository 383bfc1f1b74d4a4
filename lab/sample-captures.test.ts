import assert from "node:assert/strict";
import { existsSync, readFileSync, statSync } from "node:fs";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { openByteSource } from "../src/bytes/byte-source.ts";
import { DecodedPacket } from "../src/capture/decoded-packet.ts";
import { PacketDecoder } from "../src/capture/packet-decoder.ts";
import { PacketReader } from "../src/capture/packet-reader.ts";
import { type SampleEntry, sampleCaptures } from "./sample-captures.ts";

const folder = fileURLToPath(new URL("../samples/", import.meta.url));
const captures = await sampleCaptures();
const manifest = JSON.parse(readFileSync(`${folder}manifest.json`, "utf8"));
/** Another OpenSSL writes other handshakes; what is not encrypted is the same with any. */
const sameTls = manifest.openssl === process.versions.openssl;

interface Read {
	readonly time: number;
	/** Hexadecimal. */
	readonly bytes: string;
	readonly outcome: number;
	readonly ports: string;
}

async function read(file: string): Promise<Read[]> {
	const reader = new PacketReader(openByteSource(folder + file));
	const decoder = new PacketDecoder();
	const packet = new DecodedPacket();
	const all: Read[] = [];
	while (await reader.fill()) {
		while (reader.next()) {
			const { bytes, begin, end, time } = reader.packet;
			const outcome = decoder.decode(reader.packet, packet);
			const ports = [packet.sourcePort, packet.destinationPort].sort((a, b) => a - b).join(" ");
			all.push({ time, bytes: hexOf(bytes.subarray(begin, end)), outcome, ports });
		}
	}
	return all;
}

const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const portsOf = ({ client, server }: SampleEntry) =>
	[client, server]
		.map((place) => Number(place.slice(place.lastIndexOf(":") + 1)))
		.sort((a, b) => a - b)
		.join(" ");

describe("the samples", () => {
	it("are small", () => {
		const total = captures.reduce((sum, { file }) => sum + statSync(folder + file).size, 0);
		assert.ok(total < 1_500_000, `${total} bytes`);
	});

	it("are what their manifest says", () => {
		const told = captures.map(({ file, about, frames, contents }) => ({
			file,
			about,
			packets: sameTls
				? frames.length
				: manifest.captures.find((other: { file: string }) => other.file === file)?.packets,
			conversations: contents,
		}));
		assert.deepEqual(manifest.captures, told);
		assert.ok(existsSync(`${folder}README.md`));
	});

	it("use private addresses for clients and addresses of documentation for servers", () => {
		const privateOnes = /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|\[2001:db8:)/;
		const documentation = /^(192\.0\.2\.|198\.51\.100\.|203\.0\.113\.|\[2001:db8:)/;
		for (const { client, server } of captures.flatMap(({ contents }) => contents)) {
			assert.match(client, privateOnes);
			assert.match(server, documentation);
		}
	});
});

for (const capture of captures) {
	describe(`samples/${capture.file}`, async () => {
		const packets = await read(capture.file);

		it("is read to its end, every packet of a known conversation", () => {
			if (sameTls) assert.equal(packets.length, capture.frames.length);
			const known = new Set(capture.contents.map(portsOf));
			for (const { outcome, ports } of packets) {
				assert.equal(outcome, 0);
				assert.ok(known.has(ports));
			}
		});

		it("is what the laboratory makes today: same times and lengths, and same bytes where nothing is encrypted", () => {
			const encrypted = new Set(capture.contents.filter(({ tls }) => tls).map(portsOf));
			const times = capture.frames.map(({ time }) => Math.floor(time));
			const whole = new Set(capture.frames.map(({ bytes }, i) => `${times[i]} ${hexOf(bytes)}`));
			const lengths = new Set(capture.frames.map(({ bytes }, i) => `${times[i]} ${bytes.length}`));
			for (const { time, bytes, ports } of packets) {
				if (!encrypted.has(ports)) assert.ok(whole.has(`${time} ${bytes}`));
				else if (sameTls) assert.ok(lengths.has(`${time} ${bytes.length / 2}`));
			}
		});

		it("gives each conversation the packets and the minutes that recognising its shape takes", () => {
			for (const entry of capture.contents) {
				const own = packets.filter(({ ports }) => ports === portsOf(entry));
				assert.ok(own.length >= 16, `${entry.kind}: ${own.length} packets`);
				assert.ok(own.at(-1)!.time - own[0]!.time > 240e6);
			}
		});
	});
}
