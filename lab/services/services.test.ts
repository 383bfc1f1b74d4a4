import assert from "node:assert/strict";
import { type AddressInfo, connect, createServer, type Server } from "node:net";
import { after, test } from "node:test";
import { connect as connectTls } from "node:tls";
import { certificateChain } from "../certificate.ts";
import { Random } from "../random.ts";
import { SERVICES } from "./catalogue.ts";
import { openDelayProxy, openTlsTerminator } from "./proxy.ts";
import type { Bench } from "./service.ts";
import { ConnectionClosed, drawLength, drawRhythm, Session } from "./session.ts";

const open: Server[] = [];
const sessions: Session[] = [];
after(() => {
	for (const session of sessions) session.socket.destroy();
	for (const server of open) server.close();
});

function portOf(server: Server): number {
	open.push(server);
	return (server.address() as AddressInfo).port;
}

/** A server on a free port that calls `serve` for each connection. */
async function listening(serve: (session: Session) => unknown): Promise<number> {
	const server = createServer({ noDelay: true }, (socket) => {
		const session = new Session(socket);
		sessions.push(session);
		serve(session);
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	return portOf(server);
}

function connected(port: number): Session {
	const session = new Session(connect(port, "127.0.0.1"));
	sessions.push(session);
	return session;
}

const echo = async (session: Session) => {
	for (;;) session.write(await session.receive());
};
const ignoreEnd = (script: Promise<unknown>) =>
	script.catch((error: unknown) => assert.ok(error instanceof ConnectionClosed));

test("bytes pass the delay proxy unchanged and in order, later than they were sent", async () => {
	const target = await listening((session) => ignoreEnd(echo(session)));
	const proxy = portOf(await openDelayProxy(0, target, new Random(4)));
	const session = connected(proxy);
	const begin = performance.now();
	let received = "";
	const sent = Array.from({ length: 50 }, (_, k) => `message ${k};`).join("");
	for (const part of sent.match(/[^;]+;/g)!) session.write(part);
	while (received.length < sent.length) received += String(await session.receive());
	assert.equal(received, sent);
	assert.ok(performance.now() - begin > 1, "two ways of at least half a millisecond");
});

test("the terminator speaks TLS to the client and plain text to the server", async () => {
	const target = await listening((session) => ignoreEnd(echo(session)));
	const terminator = portOf(await openTlsTerminator(0, target, certificateChain("lab.example")));
	const socket = connectTls({ port: terminator, host: "127.0.0.1", rejectUnauthorized: false });
	const session = new Session(socket);
	sessions.push(session);
	assert.equal(String(await session.ask("hello")), "hello");
});

test("a script whose connection is closed ends with ConnectionClosed", async () => {
	const port = await listening((session) => session.end());
	const session = connected(port);
	await assert.rejects(session.receive(), ConnectionClosed);
	await assert.rejects(session.pause(0.001), ConnectionClosed);
});

test("rhythms and lengths are positive and the same for the same seed", () => {
	for (let seed = 0; seed < 40; seed++) {
		const draw = () => {
			const random = new Random(seed);
			const [rhythm, length] = [drawRhythm(random, 1, 30), drawLength(random, 40, 900)];
			return Array.from({ length: 5 }, () => [rhythm(), length()]);
		};
		assert.deepEqual(draw(), draw());
		assert.ok(draw().every(([wait, length]) => wait! > 0 && length! >= 1));
	}
});

for (const service of SERVICES.filter(({ serve }) => serve !== undefined)) {
	test(`every pattern of our own ${service.name} server holds a conversation`, async () => {
		const port = await listening((session) => ignoreEnd(service.serve!(session, new Random(7))));
		for (const [k, pattern] of service.patterns.entries()) {
			let exchanged = 0;
			const own: Session[] = [];
			const bench: Bench = {
				name: "test",
				random: new Random(k + 1),
				connect: async () => {
					const session = connected(port);
					own.push(session);
					session.socket.on("data", (chunk: Buffer) => {
						exchanged += chunk.length;
					});
					return session;
				},
			};
			const script = ignoreEnd(pattern.run(bench));
			// Long enough for the first words of each; rhythms are of seconds.
			await new Promise((resolve) => setTimeout(resolve, 150));
			for (const session of own) session.socket.destroy();
			await script;
			assert.ok(own.length > 0, pattern.name);
			if (!QUIET.has(pattern.name)) assert.ok(exchanged > 0, `${pattern.name}: nothing came back`);
		}
	});
}

/** Patterns whose first word comes after seconds. */
const QUIET = new Set([
	"Modbus",
	"DLMS meter",
	"OPC UA session",
	"two timers",
	"two timers and commands",
	"long polling",
]);
