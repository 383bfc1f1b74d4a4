import type { Socket } from "node:net";

/** Behaviour of a server on a connection: its actions at the start, and for each received chunk. */
export interface Behaviour {
	readonly onConnect?: (socket: Socket) => void;
	readonly onData?: (text: string, socket: Socket) => void;
}

const HASH = "000000000000000000028c1b5c6f2e8d9a3b4c5d6e7f8091a2b3c4d5e6f70819";
const BLOB = `1010${"a5".repeat(72)}`;

/** Answers every line of JSON that `answer` knows; ignores everything else, as pools do. */
function lines(answer: (request: Rpc) => readonly unknown[] | undefined): Behaviour {
	return {
		onData(text, socket) {
			for (const line of text.split("\n")) {
				const request = parsed(line);
				for (const message of (request && answer(request)) ?? []) socket.write(`${JSON.stringify(message)}\n`);
			}
		},
	};
}

/** Answers the JSON in the body of an HTTP request and closes. */
function http(head: string, answer: (request: Rpc) => unknown): Behaviour {
	return {
		onData(text, socket) {
			const request = parsed(text.slice(text.indexOf("\r\n\r\n") + 4));
			const body = JSON.stringify((request && answer(request)) ?? { error: "bad request" });
			socket.end(
				`HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n${head}Content-Length: ${body.length}\r\n\r\n${body}`,
			);
		},
	};
}

interface Rpc {
	readonly id?: unknown;
	readonly method?: string;
}

function parsed(text: string): Rpc | undefined {
	try {
		const value: unknown = JSON.parse(text);
		return typeof value === "object" && value !== null ? value : undefined;
	} catch {
		return undefined;
	}
}

/** Pools, by the outcome of probing. */
export const poolBehaviours = {
	stratum: lines(({ id, method }) =>
		method === "mining.subscribe"
			? [
					{
						id,
						result: [
							[
								["mining.set_difficulty", "b4"],
								["mining.notify", "ae"],
							],
							"08000002",
							4,
						],
						error: null,
					},
					{ id: null, method: "mining.set_difficulty", params: [1024] },
				]
			: [{ id, result: null, error: [20, "Unknown method", null] }],
	),
	"ethereum-stratum": lines(({ id, method }) =>
		method === "mining.subscribe"
			? [{ id, result: [["mining.notify", "ae68", "EthereumStratum/1.0.0"], "080c"], error: null }]
			: undefined,
	),
	"zcash-stratum": lines(({ id, method }) =>
		method === "mining.subscribe" ? [{ id, result: [null, "4032789a"], error: null }] : undefined,
	),
	monero: lines(({ id, method }) =>
		method === "login"
			? [
					{
						id,
						jsonrpc: "2.0",
						error: null,
						result: { id: "5b1c", job: { blob: BLOB, job_id: "q7", target: "b88d0600", algo: "rx/0" }, status: "OK" },
					},
				]
			: [{ id, jsonrpc: "2.0", error: { code: -1, message: "Invalid method" } }],
	),
	"monero that refuses": lines(({ id, method }) =>
		method === "login"
			? [{ id, jsonrpc: "2.0", error: { code: -1, message: "Invalid address used for login" } }]
			: undefined,
	),
	"eth-proxy": lines(({ id, method }) => {
		if (method === "eth_submitLogin") return [{ id, jsonrpc: "2.0", result: true }];
		return method === "eth_getWork"
			? [{ id, jsonrpc: "2.0", result: [`0x${HASH}`, `0x${HASH}`, "0x0112e0be826d694b2e62"] }]
			: undefined;
	}),
	getwork: http("X-Roll-NTime: expire=120\r\n", ({ id, method }) =>
		method === "getwork"
			? { id, error: null, result: { data: BLOB, hash1: HASH, midstate: HASH, target: HASH } }
			: undefined,
	),
	getblocktemplate: http("", ({ id, method }) =>
		method === "getblocktemplate"
			? {
					id,
					result: { version: 4, previousblockhash: HASH, coinbasevalue: 312_500_000, transactions: [], workid: "1" },
				}
			: { id, error: { code: -32601, message: "Method not found" } },
	),
} as const satisfies Record<string, Behaviour>;

/** Servers that are not pools, and faulty servers. */
export const otherBehaviours = {
	"web server": http("Server: nginx\r\n", () => undefined),
	"JSON server": lines(({ id }) => [{ jsonrpc: "2.0", id, error: { code: -32601, message: "Method not found" } }]),
	"JSON server that agrees": lines(({ id }) => [{ jsonrpc: "2.0", id, result: true, error: null }]),
	echo: { onData: (text, socket) => void socket.write(text) },
	"language server": {
		onConnect: (socket) =>
			void socket.write('Content-Length: 52\r\n\r\n{"jsonrpc":"2.0","method":"window/logMessage","p":1}'),
	},
	hangs: {},
	closes: { onConnect: (socket) => socket.destroy() },
	"closes when asked": { onData: (_, socket) => void socket.end() },
	garbage: {
		onConnect: (socket) => void socket.write(Buffer.from(Array.from({ length: 500 }, (_, i) => (i * 89 + 7) & 0xff))),
	},
	"a megabyte without a line": { onConnect: (socket) => void socket.write(`{"id":1,"result":"${"a".repeat(1 << 20)}`) },
	dribbles: {
		onConnect(socket) {
			const text = '{"id":1,"method":"mining.';
			let at = 0;
			const timer = setInterval(() => void socket.write(text[at++ % text.length]!), 20);
			socket.once("close", () => clearInterval(timer));
		},
	},
} as const satisfies Record<string, Behaviour>;
