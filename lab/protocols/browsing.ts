import type { Conversation } from "../conversation.ts";
import type { Random } from "../random.ts";
import { words } from "./filler.ts";
import { httpMessage } from "./http.ts";
import type { OrdinaryParameters } from "./ordinary-parameters.ts";
import { conversationOf, type Process, Script } from "./script.ts";

const kinds = [
	{ path: "/", type: "text/html; charset=utf-8", words: [100, 300] },
	{ path: "/style.css", type: "text/css", words: [40, 150] },
	{ path: "/app.js", type: "text/javascript", words: [60, 400] },
	{ path: "/api/mining-news?job=42", type: "application/json", words: [10, 80] },
] as const;

/** A person who reads pages over HTTP/1.1 on one persistent connection: bursts of requests, then minutes of reading. */
export function browsing(random: Random, parameters: OrdinaryParameters): Conversation {
	const script = new Script(parameters.latency);
	const reader = function* (): Process {
		for (;;) {
			for (const { path, type, words: range } of kinds.slice(0, random.integer(2, kinds.length))) {
				const body = `<p>${words(random, random.integer(range[0], range[1]))}</p>\n`;
				yield* script.call(
					httpMessage(`GET ${path} HTTP/1.1`, [
						["Host", parameters.serverName],
						["User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"],
						["Accept", "*/*"],
						["Accept-Language", "en"],
						["Connection", "keep-alive"],
					]),
					() =>
						httpMessage(
							"HTTP/1.1 200 OK",
							[
								["Server", "nginx"],
								["Content-Type", type],
								["Cache-Control", "max-age=60"],
							],
							body,
						),
					random.logNormal(0.02, 0.8),
				);
			}
			yield random.logNormal(20, 0.8);
		}
	};
	script.start(reader());
	return conversationOf(script, parameters.duration, {
		label: "Other",
		kind: "http browsing",
		serverPort: parameters.serverPort ?? (parameters.tls ? 443 : 80),
		...(parameters.tls && { tls: parameters.tls }),
	});
}
