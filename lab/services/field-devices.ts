import { type Bench, type Service, together } from "./service.ts";
import { drawRhythm, type Session } from "./session.ts";

// Servers of our own for industry and metering: frames of fixed lengths by timers.

/** Answers every request with as many bytes as the request's first two bytes specify. */
async function answerByLength(session: Session): Promise<never> {
	for (;;) {
		const request = await session.receive();
		session.write(Buffer.alloc(request.readUInt16BE(0)));
	}
}

function request(length: number, answer: number): Buffer {
	const bytes = Buffer.alloc(length);
	bytes.writeUInt16BE(answer, 0);
	return bytes;
}

/** Polled devices, by the lengths of their protocols. */
export const POLLED: Service = {
	name: "polled device",
	serve: answerByLength,
	patterns: [
		{ name: "Modbus", run: modbus },
		{
			name: "DLMS meter",
			run: (bench) => poll(bench, [11], bench.random.integer(20, 45), bench.random.integer(15, 300)),
		},
		{ name: "OPC UA session", run: opcUa },
	],
};

async function poll({ connect, random }: Bench, periods: readonly number[], length: number, answer: number) {
	const session = await connect();
	const period = random.pick(periods);
	await together(
		session.drain(),
		session.every(
			() => period,
			() => request(length, answer),
		),
	);
}

/** Modbus TCP: a header of 7 bytes; a register is two bytes. Reads by a timer, writes by chance. */
async function modbus({ connect, random }: Bench) {
	const session = await connect();
	const period = random.pick([1, 2, 5, 10]);
	const registers = random.integer(1, 60);
	const scripts = [
		session.drain(),
		session.every(
			() => period,
			() => request(12, 9 + 2 * registers),
		),
	];
	if (random.chance(0.5))
		scripts.push(session.every(drawRhythm(random, 5, 60), () => request(random.chance(0.5) ? 12 : 17, 12)));
	await together(...scripts);
}

/** OPC UA: publish requests that are answered by a timer, reads, a keep-alive. */
async function opcUa({ connect, random }: Bench) {
	const session = await connect();
	const period = random.pick([1, 2, 5, 10]);
	const notification = random.integer(80, 400);
	const scripts = [
		session.drain(),
		session.every(
			() => period,
			() => request(random.integer(80, 84), notification),
		),
	];
	if (random.chance(0.6)) scripts.push(session.every(drawRhythm(random, 3, 30), () => request(140, 96)));
	await together(...scripts);
}

/** Telecontrol: both ends send constant messages by timers of their own, and nobody answers; sometimes a command that is confirmed. */
export const TELECONTROL: Service = {
	name: "telecontrol",
	serve: async (session, random) => {
		const length = random.integer(12, 250);
		const period = random.pick([1, 2, 3, 5, 10, 20]);
		await together(
			answerTelecontrol(session),
			session.every(
				() => period,
				() => Buffer.alloc(length),
			),
		);
	},
	patterns: [
		{ name: "two timers", run: (bench) => telecontrol(bench, false) },
		{ name: "two timers and commands", run: (bench) => telecontrol(bench, true) },
	],
};

const COMMAND = 0x45;

async function answerTelecontrol(session: Session): Promise<never> {
	for (;;) {
		const message = await session.receive();
		if (message[0] === COMMAND) session.write(message);
	}
}

async function telecontrol({ connect, random }: Bench, commands: boolean) {
	const session = await connect();
	const length = random.integer(6, 250);
	const period = random.pick([1, 2, 3, 5, 7, 10, 20]);
	const scripts = [
		session.drain(),
		session.every(
			() => period,
			() => Buffer.alloc(length),
		),
	];
	if (commands) scripts.push(session.every(drawRhythm(random, 3, 40), () => Buffer.alloc(16, COMMAND)));
	await together(...scripts);
}
