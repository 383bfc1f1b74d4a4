import type { Conversation } from "../conversation.ts";
import type { Random } from "../random.ts";
import { httpMessage } from "./http.ts";
import type { OrdinaryParameters } from "./ordinary-parameters.ts";
import { conversationOf, type Process, Script } from "./script.ts";
import { maskOf, PING, PONG, TEXT, webSocketFrame, webSocketUpgrade } from "./websocket.ts";

/** Prices that an exchange pushes over WebSocket: one subscription, then JSON of nearly constant length in bursts. */
export function marketData(random: Random, parameters: OrdinaryParameters): Conversation {
	return subscription(random, parameters, "market data", function* (script) {
		let price = random.uniform(20_000, 90_000);
		yield* ask(script, random, { method: "SUBSCRIBE", params: ["btcusd@trade"], id: 1 }, { result: null, id: 1 });
		for (let id = random.integer(1e8, 1e9); ; id++) {
			yield random.exponential(random.pick([0.3, 2, 6]));
			price *= 1 + random.normal(0, 1e-4);
			const trade = { e: "trade", s: "BTCUSD", t: id, p: price.toFixed(2), q: random.next().toFixed(5) };
			script.server(webSocketFrame(TEXT, JSON.stringify(trade)));
		}
	});
}

/**
 * A wallet subscribed to new blocks at an Ethereum node: JSON-RPC over WebSocket, a push of constant length per block.
 */
export function nodeSubscription(random: Random, parameters: OrdinaryParameters): Conversation {
	return subscription(random, parameters, "ethereum node subscription", function* (script) {
		const id = `0x${random.hex(32)}`;
		const wanted = { jsonrpc: "2.0", id: 1, method: "eth_subscribe", params: ["newHeads"] };
		yield* ask(script, random, wanted, { jsonrpc: "2.0", id: 1, result: id });
		for (let number = random.integer(19_000_000, 20_000_000); ; number++) {
			yield 12 + random.normal(0, 0.3);
			const parts = ["hash", "parentHash", "stateRoot", "transactionsRoot", "receiptsRoot"];
			const head = Object.fromEntries(parts.map((part) => [part, `0x${random.hex(64)}`]));
			const result = { number: `0x${number.toString(16)}`, ...head, logsBloom: `0x${random.hex(512)}` };
			const push = { jsonrpc: "2.0", method: "eth_subscription", params: { subscription: id, result } };
			script.server(webSocketFrame(TEXT, JSON.stringify(push)));
		}
	});
}

/** A page that requests news and waits for them, at most half a minute. */
export function longPolling(random: Random, parameters: OrdinaryParameters): Conversation {
	const script = new Script(parameters.latency);
	const hold = random.pick([25, 30, 55]);
	const page = function* (): Process {
		for (let since = random.integer(1000, 9999); ; ) {
			const wait = Math.min(random.exponential(40), hold);
			const fields = [
				["Host", parameters.serverName],
				["Accept", "application/json"],
			] as const;
			const news =
				wait < hold ? { since: ++since, items: [{ id: since, text: random.hex(40) }] } : { since, items: [] };
			yield* script.call(
				httpMessage(`GET /poll?since=${since} HTTP/1.1`, fields),
				() => httpMessage("HTTP/1.1 200 OK", [["Content-Type", "application/json"]], JSON.stringify(news)),
				wait,
			);
			yield 0.05;
		}
	};
	script.start(page());
	return conversationOf(script, parameters.duration, {
		label: "Other",
		kind: "long polling",
		serverPort: parameters.serverPort ?? (parameters.tls ? 443 : 80),
		...(parameters.tls && { tls: parameters.tls }),
	});
}

/** Readings that a device reports periodically: a POST of nearly constant length, always with the same answer. */
export function telemetry(random: Random, parameters: OrdinaryParameters): Conversation {
	const script = new Script(parameters.latency);
	const every = random.pick([10, 15, 30]);
	const device = random.hex(12);
	const reporter = function* (): Process {
		for (let sequence = 1; ; sequence++) {
			const figures = {
				cpu: random.next().toFixed(3),
				memory: random.integer(1e8, 9e8),
				temperature: random.integer(40, 80),
			};
			const report = JSON.stringify({ device, sequence, hashrate: null, ...figures });
			const fields = [
				["Host", parameters.serverName],
				["Content-Type", "application/json"],
			] as const;
			const answer = httpMessage("HTTP/1.1 202 Accepted", [["Content-Type", "application/json"]], '{"ok":true}');
			yield* script.call(httpMessage("POST /v1/metrics HTTP/1.1", fields, report), () => answer, 0.006);
			yield every + random.normal(0, 0.02);
		}
	};
	script.start(reporter());
	return conversationOf(script, parameters.duration, {
		label: "Other",
		kind: "telemetry",
		serverPort: parameters.serverPort ?? (parameters.tls ? 443 : 80),
		...(parameters.tls && { tls: parameters.tls }),
	});
}

/** A WebSocket with its content, and the server's pings. */
function subscription(
	random: Random,
	parameters: OrdinaryParameters,
	kind: string,
	feed: (script: Script) => Process,
): Conversation {
	const script = new Script(parameters.latency);
	const { serverName } = parameters;
	const session = function* (): Process {
		const { request, answer } = webSocketUpgrade(random, serverName, "/ws", `https://${serverName}`);
		yield* script.call(request, () => answer, 0.004);
		script.start(feed(script));
		for (;;) {
			yield 30;
			script.server(webSocketFrame(PING, random.hex(8)));
			yield script.latency;
			script.client(webSocketFrame(PONG, random.hex(8), maskOf(random)));
		}
	};
	script.start(session());
	return conversationOf(script, parameters.duration, {
		label: "Other",
		kind,
		serverPort: parameters.serverPort ?? (parameters.tls ? 443 : 8546),
		...(parameters.tls && { tls: parameters.tls }),
	});
}

function ask(script: Script, random: Random, request: object, answer: object): Process {
	return script.call(webSocketFrame(TEXT, JSON.stringify(request), maskOf(random)), () =>
		webSocketFrame(TEXT, JSON.stringify(answer)),
	);
}
