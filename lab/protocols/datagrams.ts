import type { Conversation } from "../conversation.ts";
import type { Random } from "../random.ts";
import { noise } from "./filler.ts";
import type { OrdinaryParameters } from "./ordinary-parameters.ts";
import { conversationOf, type Process, Script } from "./script.ts";

/** A clock that queries its server every 64 seconds (NTP, RFC 5905). */
export function ntp(random: Random, parameters: OrdinaryParameters): Conversation {
	const script = new Script(parameters.latency);
	const packet = (first: number) => Uint8Array.from([first, 0, 6, 0xe8, ...noise(random, 44)]);
	const clock = function* (): Process {
		for (;;) {
			yield* script.call(packet(0x23), () => packet(0x24), 0.0002);
			yield 64 + random.normal(0, 0.5);
		}
	};
	script.start(clock());
	return conversationOf(script, parameters.duration, {
		label: "Other",
		kind: "ntp",
		transport: "udp",
		serverPort: parameters.serverPort ?? 123,
	});
}

/** A tunnel that keeps a path open: small encrypted datagrams at a fixed interval (as WireGuard's). */
export function vpnKeepAlive(random: Random, parameters: OrdinaryParameters): Conversation {
	const script = new Script(parameters.latency);
	const tunnel = function* (): Process {
		yield* script.call(Uint8Array.from([1, 0, 0, 0, ...noise(random, 144)]), () =>
			Uint8Array.from([2, 0, 0, 0, ...noise(random, 88)]),
		);
		for (;;) {
			const data = (length: number) => Uint8Array.from([4, 0, 0, 0, ...noise(random, 12 + length + 16)]);
			script.client(data(0));
			if (random.chance(0.5))
				script.start(script.call(data(random.integer(3, 40) * 16), () => data(random.integer(3, 80) * 16)));
			yield 25;
		}
	};
	script.start(tunnel());
	return conversationOf(script, parameters.duration, {
		label: "Other",
		kind: "vpn keep-alive",
		transport: "udp",
		serverPort: parameters.serverPort ?? 51820,
	});
}

/** A game over UDP: input and world state ten times a second in short fights; otherwise a heartbeat. */
export function game(random: Random, parameters: OrdinaryParameters): Conversation {
	const script = new Script(parameters.latency);
	const input = () => noise(random, 24 + random.integer(0, 8));
	const state = () => noise(random, Math.round(random.logNormal(140, 0.3)));
	const player = function* (): Process {
		yield* script.call(noise(random, 64), () => noise(random, 320), 0.02);
		for (;;) {
			for (let seconds = random.integer(2, 6); seconds > 0; seconds -= 1 / 10) {
				script.start(script.call(input(), state, 0.008));
				yield 1 / 10;
			}
			for (let beats = random.integer(2, 8); beats > 0; beats--) {
				yield 5;
				yield* script.call(noise(random, 12), () => noise(random, 12), 0.001);
			}
		}
	};
	script.start(player());
	return conversationOf(script, parameters.duration, {
		label: "Other",
		kind: "game",
		transport: "udp",
		serverPort: parameters.serverPort ?? 27015,
	});
}
