import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { gunzipSync } from "node:zlib";
import { needsShared, sharedPath } from "../../lab/shared-data.ts";
import { openByteSource } from "../bytes/byte-source.ts";
import { DecodedPacket } from "../capture/decoded-packet.ts";
import { PacketDecoder } from "../capture/packet-decoder.ts";
import { PacketReader } from "../capture/packet-reader.ts";
import { ClientHello, protocolsOf, serverNameOf } from "./client-hello.ts";
import { HelloReassembly } from "./hello-reassembly.ts";
import { ja4 } from "./ja4.ts";
import { looksLikeClientHello, parseClientHello } from "./parse-client-hello.ts";
import { QuicHellos } from "./quic-hellos.ts";
import { looksLikeInitial } from "./quic-initial.ts";

const CAPTURES = "data/captures";
const skip = needsShared(CAPTURES);

interface Found {
	readonly carrier: "segment" | "segments" | "quic";
	readonly name: string | undefined;
	readonly protocols: string;
	readonly ja4: string;
}

/** Every hello of a capture, found as a metering process finds it. */
async function hellosOf(capture: string): Promise<Found[]> {
	const reader = new PacketReader(openByteSource(sharedPath(`${CAPTURES}/${capture}`)!));
	const decoder = new PacketDecoder();
	const packet = new DecodedPacket();
	const hello = new ClientHello();
	const segments = new HelloReassembly();
	const datagrams = new QuicHellos();
	const handles = new Map<string, number>();
	const found: Found[] = [];
	const note = (carrier: Found["carrier"]) =>
		found.push({
			carrier,
			name: serverNameOf(hello),
			protocols: protocolsOf(hello).join(),
			ja4: ja4(hello, carrier === "quic" ? "q" : "t"),
		});
	while (await reader.fill()) {
		while (reader.next()) {
			if (decoder.decode(reader.packet, packet) !== 0) continue;
			const { bytes } = reader.packet;
			const { payloadBegin: begin, payloadEnd: end, protocol } = packet;
			if (begin >= end) continue;
			const p = packet;
			const key = [p.source0, p.source1, p.source2, p.source3, p.sourcePort, p.destination0, p.destinationPort].join();
			const handle = handles.get(key);
			if (protocol === 6 && handle !== undefined) {
				const result = segments.add(handle, packet.tcpSequence, bytes, begin, end, hello);
				if (result === "complete") note("segments");
				if (result !== "incomplete") handles.delete(key);
			} else if (protocol === 6 && looksLikeClientHello(bytes, begin, end)) {
				const result = parseClientHello(bytes, begin, end, hello);
				if (result === "complete") note("segment");
				if (result !== "incomplete") continue;
				const opened = segments.open(packet.tcpSequence);
				segments.add(opened, packet.tcpSequence, bytes, begin, end, hello);
				handles.set(key, opened);
			} else if (protocol === 17 && looksLikeInitial(bytes, begin, end)) {
				const opened = handle ?? datagrams.open();
				handles.set(key, opened);
				if (datagrams.add(opened, bytes, begin, end, hello) === "complete") note("quic");
			}
		}
	}
	return found;
}

describe("the hellos of real captures", { skip }, () => {
	it("have the JA4 that FoxIO publishes", async () => {
		const fingerprints = async (capture: string, carrier: string) =>
			(await hellosOf(capture)).filter((found) => found.carrier === carrier).map((found) => found.ja4);
		const chrome = "t13d1516h2_8daaf6152771_e5627efa2ab1";
		const resumed = "t13d1516h2_8daaf6152771_9b887d9acb53";
		assert.deepEqual(await fingerprints("ja4/browsers-x509.pcapng.gz", "segment"), [chrome, chrome, chrome]);
		assert.deepEqual(await fingerprints("ja4/chrome-cloudflare-quic-with-secrets.pcapng.gz", "segment"), [chrome]);
		assert.deepEqual(await fingerprints("ja4/tls3.pcapng.gz", "segment"), [
			chrome,
			resumed,
			resumed,
			resumed,
			chrome,
			chrome,
			chrome,
		]);
	});

	it("are found across segments", async () => {
		const spanning = (await hellosOf("arkime-arkime/tls-split-client-hello.pcap.gz")).filter(
			({ carrier }) => carrier === "segments",
		);
		assert.deepEqual(
			spanning.map(({ name, protocols }) => [name, protocols]),
			[["clients2.google.com", "h2,http/1.1"]],
		);
	});

	it("are found in QUIC of versions 1 and 2 and of the late drafts", async () => {
		const quic = async (capture: string) =>
			(await hellosOf(capture))
				.filter(({ carrier }) => carrier === "quic")
				.map(({ name, protocols }) => [name, protocols]);
		assert.deepEqual(await quic("ja4/chrome-cloudflare-quic-with-secrets.pcapng.gz"), [["cloudflare-quic.com", "h3"]]);
		assert.deepEqual(await quic("ndpi/quic-v2.pcapng.gz"), [["test", "h3"]]);
		assert.deepEqual(await quic("ndpi/quic-29.pcap.gz"), [["localhost", "h3-29"]]);
		assert.deepEqual(await quic("ndpi/quic-23.pcap.gz"), [["quic.aiortc.org", "h3-22"]]);
		assert.deepEqual(await quic("mercury/quic_reordered_frames.pcap.gz"), [
			["accounts.google.com", "h3"],
			["update.googleapis.com", "h3"],
		]);
	});
});

describe("the server names of the reference exporter", { skip: skip || needsShared("golden/meter") }, () => {
	it("are all found, capture by capture", async () => {
		let names = 0;
		for (const file of readdirSync(sharedPath("golden/meter")!)) {
			if (!file.endsWith(".csv.gz")) continue;
			const capture = `${file.replace("__", "/").replace(".csv.gz", "")}.gz`;
			const wanted = serverNamesIn(gunzipSync(readFileSync(sharedPath(`golden/meter/${file}`)!)).toString("latin1"));
			if (wanted.size === 0 || sharedPath(`${CAPTURES}/${capture}`) === undefined) continue;
			const ours = new Set((await hellosOf(capture)).map(({ name }) => name));
			for (const name of wanted) assert.ok(ours.has(name), `${capture}: ${name}`);
			names += wanted.size;
		}
		assert.ok(names >= 160, `${names} names compared`);
	});
});

function serverNamesIn(csv: string): Set<string> {
	const [header, ...rows] = csv.trimEnd().split("\n");
	const column = header!.split(",").indexOf("string TLS_SNI");
	return new Set(rows.map((row) => row.split(",")[column]!.replaceAll('"', "")).filter((name) => name !== ""));
}
