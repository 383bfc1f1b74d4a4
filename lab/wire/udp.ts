import type { Conversation } from "../conversation.ts";
import type { Random } from "../random.ts";
import { type Endpoint, frame, UDP, udpDatagram } from "./frame.ts";
import type { Path, TimedFrame } from "./path.ts";

/** The packets of a conversation over UDP: one datagram per message. Lost datagrams are not repeated. */
export function udpPackets(
	conversation: Conversation,
	client: Endpoint,
	server: Endpoint,
	start: number,
	path: Path,
	random: Random,
): TimedFrame[] {
	const frames: TimedFrame[] = [];
	let identification = random.integer(0, 0xffff);
	for (const { at, from, bytes } of conversation.messages) {
		if (bytes === undefined) throw new RangeError(`${conversation.kind}: a message without bytes`);
		const [source, target] = from === "client" ? [client, server] : [server, client];
		const share = from === "client" ? path.observedAt : 1 - path.observedAt;
		if (random.chance(path.loss) && random.next() < share) continue;
		const delay = (path.latency + random.exponential(path.jitter)) * share;
		identification = (identification + 1) & 0xffff;
		const datagram = udpDatagram(source, target, bytes);
		frames.push({
			time: start + 1e6 * (at + delay),
			bytes: frame(source, target, UDP, datagram, identification, path.vlan),
		});
	}
	return frames.sort((a, b) => a.time - b.time);
}
