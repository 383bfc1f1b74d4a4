import type { Conversation } from "../conversation.ts";
import type { Random } from "../random.ts";
import type { Endpoint } from "./frame.ts";
import type { Path, TimedFrame } from "./path.ts";
import { tcpPackets } from "./tcp.ts";
import { udpPackets } from "./udp.ts";

/** A conversation between two ends at a given time, over a path. */
export interface Placed {
	readonly conversation: Conversation;
	readonly client: Endpoint;
	readonly server: Endpoint;
	/** When the first packet leaves, µs since the epoch. */
	readonly start: number;
	readonly path: Path;
}

/** The packets of all conversations in one capture. The path's latency is the one that the script assumed. */
export function capturePackets(all: readonly Placed[], random: Random): TimedFrame[] {
	const frames = all.flatMap(({ conversation, client, server, start, path }, i) => {
		const packets = conversation.transport === "tcp" ? tcpPackets : udpPackets;
		const same = { ...path, latency: conversation.latency ?? path.latency };
		return packets(conversation, client, server, start, same, random.fork(i));
	});
	return frames.sort((a, b) => a.time - b.time);
}
