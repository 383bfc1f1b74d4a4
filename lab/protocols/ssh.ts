import type { Conversation } from "../conversation.ts";
import type { Random } from "../random.ts";
import { noise } from "./filler.ts";
import type { OrdinaryParameters } from "./ordinary-parameters.ts";
import { conversationOf, type Process, Script } from "./script.ts";

/** A person at a shell: banners, key exchange of typical sizes, keystrokes with their echoes, output, keep-alives. */
export function ssh(random: Random, parameters: OrdinaryParameters): Conversation {
	const script = new Script(parameters.latency);
	// Packets of chacha20-poly1305: 4 bytes of length, a multiple of 8, a tag of 16.
	const sealed = (content: number) => noise(random, 4 + 8 * Math.ceil((content + 5) / 8) + 16);
	const keepAlive = random.pick([15, 30, 60, Number.POSITIVE_INFINITY]);

	const person = function* (): Process {
		for (;;) {
			for (let keys = random.integer(3, 25); keys > 0; keys--) {
				script.start(script.call(sealed(11), () => sealed(11), 0.0005));
				yield random.logNormal(0.15, 0.6);
			}
			yield* script.call(sealed(11), () => sealed(random.integer(30, 1800)), random.logNormal(0.02, 1));
			yield random.logNormal(8, 1.1);
		}
	};
	const alive = function* (): Process {
		while (Number.isFinite(keepAlive)) {
			yield keepAlive;
			yield* script.call(sealed(32), () => sealed(5), 0.0002);
		}
	};
	const session = function* (): Process {
		yield script.latency;
		script.server("SSH-2.0-OpenSSH_9.6\r\n");
		yield script.latency;
		yield* script.call("SSH-2.0-OpenSSH_9.7\r\n", () => noise(random, 1080));
		yield* script.call(noise(random, 1536), () => noise(random, 564));
		yield* script.call(noise(random, 1208), () => noise(random, 1564), 0.003);
		for (const [asked, answered] of [
			[32, 32],
			[56, 40],
			[360, 24],
			[620, 16],
			[112, 500],
		] as const) {
			yield* script.call(sealed(asked), () => sealed(answered), random.logNormal(0.005, 0.8));
		}
		script.start(person());
		script.start(alive());
	};
	script.start(session());
	return conversationOf(script, parameters.duration, {
		label: "Other",
		kind: "ssh shell",
		serverPort: parameters.serverPort ?? 22,
	});
}
