import { cryptoFrame, extension, helloMessage, sealInitial } from "../../src/tls/testing.ts";
import type { Conversation } from "../conversation.ts";
import type { Random } from "../random.ts";
import { noise } from "./filler.ts";
import type { OrdinaryParameters } from "./ordinary-parameters.ts";
import { conversationOf, type Process, Script } from "./script.ts";

/**
 * A browser that connects to a site over QUIC: Initial packets with a real ClientHello under the real keys (RFC 9001,
 * 5), split over two packets because of a post-quantum key share; then random bytes with the sizes of QUIC packets.
 */
export function quicBrowsing(random: Random, parameters: OrdinaryParameters): Conversation {
	const script = new Script(parameters.latency);
	const id = noise(random, 8);
	const hello = helloMessage({
		ciphers: [0x1301, 0x1302, 0x1303],
		extensions: [
			extension.longKeyShare(),
			extension.serverName(parameters.serverName),
			extension.protocols("h3"),
			extension.versions(0x0304),
		],
	});
	const half = hello.length >> 1;
	const initial = (number: number, begin: number, end: number) =>
		sealInitial(1, id, number, cryptoFrame(begin, hello.subarray(begin, end)));
	const long = (length: number) =>
		Uint8Array.from([0xe0 | random.integer(0, 15), 0, 0, 0, 1, 0, 8, ...noise(random, length - 7)]);
	const short = (length: number) => Uint8Array.from([0x40 | random.integer(0, 63), ...noise(random, length - 1)]);
	const reader = function* (): Process {
		script.client(initial(0, 0, half));
		script.client(initial(1, half, hello.length));
		yield script.latency + 0.003;
		for (const length of [1252, 1252, 900]) script.server(long(length));
		yield script.latency;
		script.client(long(90));
		for (;;) {
			script.client(short(random.integer(60, 300)));
			yield script.latency + random.logNormal(0.02, 0.7);
			const page = random.integer(2, 8);
			for (let i = 0; i < page; i++) {
				script.server(short(i + 1 < page ? 1252 : random.integer(40, 1200)));
				yield 0.0003;
				if (i % 4 === 3) script.client(short(34));
			}
			script.client(short(34));
			yield random.logNormal(25, 0.8);
		}
	};
	script.start(reader());
	return conversationOf(script, parameters.duration, {
		label: "Other",
		kind: "quic browsing",
		transport: "udp",
		serverPort: parameters.serverPort ?? 443,
	});
}
