import { readdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { openByteSource } from "../../bytes/byte-source.ts";
import { PacketReader } from "../../capture/packet-reader.ts";
import { pcapFile, type TimedPacket } from "../../capture/pcap-writer.ts";

/** Copies the captures of a folder so that the last packet of each is as old as `end` (microseconds): a live view of them. */
export async function recentCaptures(from: string, to: string, end: number): Promise<void> {
	for (const name of readdirSync(from)) {
		const path = join(from, name);
		if (!/\.pcap(ng)?(\.gz)?$/.test(name)) continue;
		const packets: TimedPacket[] = [];
		let linkType = 1;
		const reader = new PacketReader(openByteSource(path));
		while (await reader.fill()) {
			while (reader.next()) {
				const { packet } = reader;
				linkType = packet.linkType;
				packets.push({ time: packet.time, bytes: packet.bytes.slice(packet.begin, packet.end) });
			}
		}
		const shift = end - Math.max(...packets.map(({ time }) => time));
		const recent = packets.map(({ time, bytes }) => ({ time: time + shift, bytes }));
		writeFileSync(join(to, `${basename(name).split(".")[0]}.pcap`), pcapFile(linkType, recent));
	}
}
