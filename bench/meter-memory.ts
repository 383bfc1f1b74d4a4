import { openByteSource } from "../src/bytes/byte-source.ts";
import { DecodedPacket } from "../src/capture/decoded-packet.ts";
import { PacketDecoder } from "../src/capture/packet-decoder.ts";
import { PacketReader } from "../src/capture/packet-reader.ts";
import { Meter } from "../src/meter/meter.ts";
import { benchCapture } from "./meter-capture.ts";

// Memory of the metering process: a million concurrent flows, and a flood of new ones. Part of `npm run bench --
// meter`.

const path = await benchCapture();
await concurrentFlows();
flood();

/**
 * The capture's packets under other addresses in every pass, with a constant clock, until a million flows are active.
 */
async function concurrentFlows(): Promise<void> {
	const wanted = 1_000_000;
	const meter = new Meter({ maximumFlows: 1 << 20 });
	const decoder = new PacketDecoder();
	const packet = new DecodedPacket();
	let packets = 0;
	for (let pass = 1; meter.size < wanted; pass++) {
		const reader = new PacketReader(openByteSource(path));
		while (meter.size < wanted && (await reader.fill())) {
			while (meter.size < wanted && reader.next()) {
				if (decoder.decode(reader.packet, packet) !== 0) continue;
				packet.source0 ^= pass << 24;
				packet.destination0 ^= pass << 24;
				// Otherwise every pass would split flows, and the parts would not be active at once.
				packet.tcpFlags &= ~0x07;
				meter.add(packet, reader.packet.bytes, 1_700_000_000_000_000);
				packets++;
			}
		}
		reader.close();
	}
	console.log(
		`${meter.size} concurrent flows of ${packets} packets: resident memory ${megabytes()} MB in all, ${meter.evicted} evicted`,
	);
}

/** New flows only, four times the capacity. */
function flood(): void {
	const room = 1 << 18;
	const meter = new Meter({ maximumFlows: room });
	const packet = Object.assign(new DecodedPacket(), {
		version: 4,
		protocol: 6,
		tcpFlags: 2,
		ipLength: 40,
		destination0: 1,
	});
	const bytes = new Uint8Array(0);
	const before = megabytes();
	const begun = performance.now();
	for (let i = 0; i < 4 * room; i++) {
		packet.source0 = Math.imul(i, 0x9e3779b1);
		meter.add(packet, bytes, i);
		if (meter.flows.length >= 4096) meter.flows.clear();
	}
	const rate = (4 * room) / (performance.now() - begun) / 1000;
	console.log(
		`flood of ${4 * room} new flows into a table of ${room}: ${meter.evicted} evicted, ${meter.size} there, ` +
			`${rate.toFixed(2)} million/s, ${megabytes() - before} MB more`,
	);
}

function megabytes(): number {
	return Math.round(process.memoryUsage().rss / 1e6);
}
