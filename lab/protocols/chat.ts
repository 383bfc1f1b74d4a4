import type { Conversation } from "../conversation.ts";
import type { Random } from "../random.ts";
import { words } from "./filler.ts";
import type { OrdinaryParameters } from "./ordinary-parameters.ts";
import { conversationOf, type Process, Script } from "./script.ts";
import { maskOf, PING, PONG, TEXT, webSocketFrame, webSocketUpgrade } from "./websocket.ts";

/** A chat room over WebSocket: other people write, the person writes, the server pings. */
export function webSocketChat(random: Random, parameters: OrdinaryParameters): Conversation {
	const script = new Script(parameters.latency);
	const { request, answer } = webSocketUpgrade(
		random,
		parameters.serverName,
		"/socket",
		`https://${parameters.serverName}`,
	);
	const text = (from: string) => JSON.stringify({ type: "message", from, text: words(random, random.integer(1, 30)) });
	const others = function* (): Process {
		for (;;) {
			yield random.exponential(25);
			script.server(webSocketFrame(TEXT, text(random.pick(["ada", "grace", "linus"]))));
		}
	};
	const person = function* (): Process {
		for (let id = 1; ; id++) {
			yield random.logNormal(40, 0.9);
			const seen = JSON.stringify({ type: "seen", id });
			script.start(script.call(webSocketFrame(TEXT, text("me"), maskOf(random)), () => webSocketFrame(TEXT, seen)));
		}
	};
	const room = function* (): Process {
		yield* script.call(request, () => answer, 0.004);
		script.start(others());
		script.start(person());
		for (;;) {
			yield 25;
			script.server(webSocketFrame(PING, ""));
			yield script.latency;
			script.client(webSocketFrame(PONG, "", maskOf(random)));
		}
	};
	script.start(room());
	return conversationOf(script, parameters.duration, {
		label: "Other",
		kind: "websocket chat",
		serverPort: parameters.serverPort ?? (parameters.tls ? 443 : 8080),
		...(parameters.tls && { tls: parameters.tls }),
	});
}
