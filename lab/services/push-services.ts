import type { Random } from "../random.ts";
import { type Bench, type Service, together } from "./service.ts";
import { drawLength, drawRhythm, type Session, text } from "./session.ts";

// Servers of our own for services that push: subscriptions of blockchains, web push in its forms.

/** Electrum's protocol (electrumx.readthedocs.io): headers and addresses subscribed, a ping a minute, now and then a question. */
export const ELECTRUM: Service = {
	name: "electrum",
	serve: async (session, random) => {
		const header = `{"jsonrpc":"2.0","method":"blockchain.headers.subscribe","params":[{"hex":"${text(160)}","height":801234}]}\n`;
		const status = `{"jsonrpc":"2.0","method":"blockchain.scripthash.subscribe","params":["${text(64)}","${text(64)}"]}\n`;
		const notices = [session.every(drawRhythm(random, 4, 60), () => header)];
		if (random.chance(0.3)) notices.push(session.every(drawRhythm(random, 5, 60), () => status));
		const answer = async () => {
			for (;;) {
				for (const line of String(await session.receive())
					.trim()
					.split("\n"))
					session.write(`{"jsonrpc":"2.0","result":${line.includes("history") ? `[${text(900)}]` : null},"id":12}\n`);
			}
		};
		await together(answer(), ...notices);
	},
	patterns: [
		{ name: "wallet", run: (bench) => electrumWallet(bench, 0) },
		{ name: "wallet that asks", run: (bench) => electrumWallet(bench, 20) },
	],
};

async function electrumWallet({ connect, random }: Bench, pace: number) {
	const session = await connect();
	const call = (method: string, params: string) =>
		`{"jsonrpc":"2.0","method":"${method}","params":[${params}],"id":12}\n`;
	await session.ask(call("server.version", '"electrum/4.5.4","1.4"'));
	await session.ask(call("blockchain.headers.subscribe", ""));
	for (let k = random.integer(1, 8); k > 0; k--)
		await session.ask(call("blockchain.scripthash.subscribe", `"${text(64)}"`));
	const scripts = [
		session.drain(),
		session.every(
			() => 60,
			() => call("server.ping", ""),
		),
	];
	if (pace > 0)
		scripts.push(
			session.every(drawRhythm(random, pace / 4, 2 * pace), () =>
				call("blockchain.scripthash.get_history", `"${text(64)}"`),
			),
		);
	await together(...scripts);
}

/** An HTTP server that, by path, answers once, holds the answer back, or streams events; or speaks WebSocket. */
async function serveWeb(session: Session, random: Random): Promise<void> {
	const length = drawLength(random, 60, 1500);
	const rhythm = drawRhythm(random, 1, 30);
	for (;;) {
		const request = String(await session.receive());
		if (request.includes("Upgrade: websocket")) return serveWebSocket(session, random, request);
		if (request.includes("/events")) {
			session.write("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n");
			const event = () => {
				const data = `event: head\ndata: ${text(length())}\n\n`;
				return `${data.length.toString(16)}\r\n${data}\r\n`;
			};
			const scripts = [session.drain(), session.every(rhythm, event)];
			if (random.chance(0.4))
				scripts.push(
					session.every(
						() => 15,
						() => "2\r\n:\n\r\n",
					),
				);
			await together(...scripts);
		}
		if (request.includes("/poll")) await session.pause(Math.min(30, rhythm()));
		const body = request.startsWith("PUT") ? "" : text(length());
		session.write(
			`HTTP/1.1 ${body === "" ? "204 No Content" : "200 OK"}\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
		);
	}
}

const webSocketFrame = (payload: string) => {
	const { length } = payload;
	const head = length < 126 ? [0x81, length] : [0x81, 126, length >> 8, length & 0xff];
	return Buffer.concat([Buffer.from(head), Buffer.from(payload)]);
};

/** A client's frame is masked (RFC 6455, 5.3): four bytes more. */
const maskedFrame = (payload: string) => Buffer.concat([webSocketFrame(payload), Buffer.alloc(4, 7)]);
const PING = Buffer.from([0x89, 0]);

async function serveWebSocket(session: Session, random: Random, request: string): Promise<void> {
	session.write(
		`HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-accept: ${text(28)}\r\n\r\n`,
	);
	const isChain = request.includes("/chain");
	const length = isChain ? drawLength(random, 500, 1300) : drawLength(random, 40, 1200);
	const answers = async () => {
		for (;;) {
			const frame = await session.receive();
			// A question, not the pong of six bytes.
			if (frame.length > 8) session.write(webSocketFrame(`{"jsonrpc":"2.0","id":1,"result":"${text(34)}"}`));
		}
	};
	const scripts = [answers()];
	scripts.push(
		session.every(isChain ? drawRhythm(random, 5, 15) : drawRhythm(random, 1, 30), () =>
			webSocketFrame(text(length())),
		),
	);
	if (random.chance(0.5)) scripts.push(session.every(random.pick([() => 10, () => 20, () => 30]), () => PING));
	await together(...scripts);
}

/** Web servers that push. */
export const WEB_PUSH: Service = {
	name: "web push",
	serve: serveWeb,
	patterns: [
		{ name: "server-sent events", run: (bench) => stream(bench, "/events") },
		{ name: "long polling", run: longPolling },
		{ name: "web socket", run: (bench) => webSocket(bench, "/chat", true) },
		{ name: "web socket, listening", run: (bench) => webSocket(bench, "/feed", false) },
	],
};

/** Nodes of blockchains whose clients subscribe: `newHeads` over WebSocket, the Beacon API's event stream. */
export const CHAIN_NODE: Service = {
	name: "chain node",
	serve: serveWeb,
	patterns: [
		{ name: "newHeads", run: (bench) => webSocket(bench, "/chain", false) },
		{ name: "newHeads with calls", run: (bench) => webSocket(bench, "/chain", true) },
		{ name: "Beacon events", run: (bench) => stream(bench, "/eth/v1/events") },
	],
};

const httpRequest = (method: string, path: string, headers = "", body = "") =>
	`${method} ${path} HTTP/1.1\r\nhost: lab.example\r\nuser-agent: lab/1.0\r\n${headers}content-length: ${body.length}\r\n\r\n${body}`;

async function stream({ connect }: Bench, path: string) {
	const session = await connect();
	session.write(httpRequest("GET", path, "accept: text/event-stream\r\n"));
	await session.drain();
}

async function longPolling({ connect }: Bench) {
	const session = await connect();
	for (;;) await session.ask(httpRequest("GET", "/poll"));
}

async function webSocket({ connect, random }: Bench, path: string, asks: boolean) {
	const session = await connect();
	await session.ask(
		httpRequest(
			"GET",
			path,
			`Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: ${text(24)}\r\nSec-WebSocket-Version: 13\r\n`,
		),
	);
	await session.ask(maskedFrame(`{"jsonrpc":"2.0","id":1,"method":"eth_subscribe","params":["newHeads"]}`));
	const question = drawLength(random, 50, 400);
	const scripts: Promise<unknown>[] = [answerPings(session)];
	if (asks) scripts.push(session.every(drawRhythm(random, 2, 60), () => maskedFrame(text(question()))));
	await together(...scripts);
}

async function answerPings(session: Session): Promise<never> {
	for (;;) if ((await session.receive()).includes(PING)) session.write(Buffer.from([0x8a, 0x80, 1, 2, 3, 4]));
}

/** Accessories of a home (HomeKit's way: requests over HTTP, events pushed on the same connection). */
export const HOME: Service = {
	name: "home accessory",
	serve: async (session, random) => {
		const length = drawLength(random, 50, 200);
		const event = () => {
			const body = text(length());
			return `EVENT/1.0 200 OK\r\nContent-Type: application/hap+json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
		};
		await together(serveWeb(session, random), session.every(drawRhythm(random, 2, 50), event));
	},
	patterns: [
		{ name: "events", run: (bench) => home(bench, 1) },
		{ name: "events and questions", run: (bench) => home(bench, 0.5) },
	],
};

async function home({ connect, random }: Bench, writes: number) {
	const session = await connect();
	for (let k = random.integer(1, 4); k > 0; k--) await session.ask(httpRequest("GET", "/accessories"));
	const body = text(drawLength(random, 40, 160)());
	await together(
		session.drain(),
		session.every(drawRhythm(random, 5, 60), () =>
			random.chance(writes)
				? httpRequest("PUT", "/characteristics", "content-type: application/hap+json\r\n", body)
				: httpRequest("GET", "/characteristics?id=2.9,2.10"),
		),
	);
}
