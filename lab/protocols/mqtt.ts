import type { Conversation } from "../conversation.ts";
import type { Random } from "../random.ts";
import type { OrdinaryParameters } from "./ordinary-parameters.ts";
import { conversationOf, type Process, Script } from "./script.ts";

/**
 * A sensor connected to its broker (MQTT 3.1.1): a few readings, and a ping after the keep-alive time without a
 * message.
 */
export function mqtt(random: Random, parameters: OrdinaryParameters): Conversation {
	const script = new Script(parameters.latency);
	const keepAlive = random.pick([15, 20, 30, 60]);
	const topic = `site/hall${random.integer(1, 9)}/temperature`;
	let lastWrite = 0;
	const readings = function* (): Process {
		for (let id = 1; ; id++) {
			yield random.exponential(random.pick([20, 90]));
			lastWrite = script.now;
			const value = JSON.stringify({ id: 1, value: Number(random.normal(21, 0.4).toFixed(2)), unit: "C" });
			script.start(
				script.call(packet(0x32, text(topic), [id >> 8, id & 0xff], [...Buffer.from(value)]), () =>
					packet(0x40, [id >> 8, id & 0xff]),
				),
			);
		}
	};
	const session = function* (): Process {
		const name = text(`sensor-${random.hex(6)}`);
		yield* script.call(packet(0x10, text("MQTT"), [4, 2, 0, keepAlive], name), () => packet(0x20, [0, 0]));
		yield* script.call(packet(0x82, [0, 1], text(`${topic}/set`), [1]), () => packet(0x90, [0, 1, 1]));
		script.start(readings());
		for (;;) {
			const idle = script.now - lastWrite;
			if (idle < keepAlive) {
				yield keepAlive - idle + 0.001;
				continue;
			}
			lastWrite = script.now;
			yield* script.call(packet(0xc0), () => packet(0xd0));
		}
	};
	script.start(session());
	return conversationOf(script, parameters.duration, {
		label: "Other",
		kind: "mqtt keep-alive",
		serverPort: parameters.serverPort ?? (parameters.tls ? 8883 : 1883),
		...(parameters.tls && { tls: parameters.tls }),
	});
}

function text(value: string): number[] {
	const bytes = [...Buffer.from(value)];
	return [bytes.length >> 8, bytes.length & 0xff, ...bytes];
}

/** A control packet of less than 128 bytes. */
function packet(type: number, ...parts: readonly (readonly number[])[]): Uint8Array {
	const body = parts.flat();
	return Uint8Array.from([type, body.length, ...body]);
}
