import { type Bench, type Service, together } from "./service.ts";
import { drawLength, drawRhythm, type Session, text } from "./session.ts";

// MQTT 3.1.1 (OASIS standard): control packets as clients write them.

const PUBACK = 0x40;

/** Mosquitto: devices that publish and are commanded. */
export const MQTT: Service = {
	name: "mosquitto",
	daemon: {
		port: 11_883,
		files: { "mosquitto.conf": "listener 11883 127.0.0.1\nallow_anonymous true\nmax_queued_messages 0\n" },
		command: "mosquitto -c $DIR/mosquitto.conf",
	},
	patterns: [
		{ name: "telemetry, QoS 0", run: (bench) => device(bench, { telemetry: 0 }) },
		{ name: "telemetry, QoS 1", run: (bench) => device(bench, { telemetry: 1 }) },
		{ name: "commands, QoS 0", run: (bench) => device(bench, { commands: 0 }) },
		{ name: "commands, QoS 1", run: (bench) => device(bench, { commands: 1 }) },
		{ name: "telemetry QoS 1 and commands QoS 0", run: (bench) => device(bench, { telemetry: 1, commands: 0 }) },
		{ name: "telemetry and commands, QoS 1", run: (bench) => device(bench, { telemetry: 1, commands: 1 }) },
		{ name: "door lock", run: (bench) => device(bench, { telemetry: 1, commands: 0, rare: true }) },
	],
};

interface Device {
	/** Quality of service of what the device reports. */
	readonly telemetry?: 0 | 1;
	/** Quality of service of what it is sent by another client. */
	readonly commands?: 0 | 1;
	readonly rare?: boolean;
}

async function device({ connect, name, random }: Bench, { telemetry, commands, rare = false }: Device) {
	const device = await connect();
	const keepAlive = random.pick([10, 15, 30, 60]);
	await device.ask(connectPacket(name, keepAlive));
	const scripts: Promise<unknown>[] = [acknowledge(device), pings(device, keepAlive)];
	const [quickest, slowest] = rare ? [15, 60] : [1, 30];
	if (telemetry !== undefined) {
		const length = drawLength(random, 20, 700);
		scripts.push(
			device.every(drawRhythm(random, quickest, slowest), () => publish(`${name}/state`, text(length()), telemetry)),
		);
	}
	if (commands !== undefined) {
		await device.ask(subscribePacket(`${name}/command`, commands));
		const controller = await connect();
		await controller.ask(connectPacket(`${name}-controller`, 30));
		const length = drawLength(random, 20, 500);
		scripts.push(
			controller.drain(),
			pings(controller, 30),
			controller.every(drawRhythm(random, quickest, slowest), () =>
				publish(`${name}/command`, text(length()), commands),
			),
		);
	}
	await together(...scripts);
}

async function pings(session: Session, seconds: number): Promise<never> {
	for (;;) {
		await session.pause(seconds);
		session.write(Buffer.from([0xc0, 0]));
	}
}

/** Acknowledges what comes with QoS 1. A packet here is one write of the broker. */
async function acknowledge(session: Session): Promise<never> {
	for (;;) {
		const packet = await session.receive();
		const isPublish = packet[0]! >> 4 === 3 && (packet[0]! & 0x06) === 2;
		if (!isPublish) continue;
		const topicAt = packet[1]! < 0x80 ? 2 : 3;
		const identifierAt = topicAt + 2 + packet.readUInt16BE(topicAt);
		session.write(Buffer.from([PUBACK, 2, packet[identifierAt]!, packet[identifierAt + 1]!]));
	}
}

let identifier = 0;

function nextIdentifier(): Buffer {
	identifier = (identifier % 0xfffe) + 1;
	return Buffer.from([identifier >> 8, identifier & 0xff]);
}

function packet(type: number, ...parts: readonly Uint8Array[]): Buffer {
	const body = Buffer.concat(parts);
	const length = body.length < 0x80 ? [body.length] : [(body.length & 0x7f) | 0x80, body.length >> 7];
	return Buffer.concat([Buffer.from([type, ...length]), body]);
}

function string(value: string): Buffer {
	const bytes = Buffer.from(value);
	return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes]);
}

function connectPacket(client: string, keepAlive: number): Buffer {
	return packet(0x10, string("MQTT"), Buffer.from([4, 2, 0, keepAlive]), string(client));
}

function subscribePacket(topic: string, quality: number): Buffer {
	return packet(0x82, nextIdentifier(), string(topic), Buffer.from([quality]));
}

function publish(topic: string, payload: string, quality: number): Buffer {
	const head = quality > 0 ? [string(topic), nextIdentifier()] : [string(topic)];
	return packet(0x30 | (quality << 1), ...head, Buffer.from(payload));
}
