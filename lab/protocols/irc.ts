import type { Conversation } from "../conversation.ts";
import type { Random } from "../random.ts";
import { words } from "./filler.ts";
import type { OrdinaryParameters } from "./ordinary-parameters.ts";
import { conversationOf, type Process, Script } from "./script.ts";

/** A person in an IRC channel: greeting, pings by the server, lines by other people and sometimes by the person. */
export function irc(random: Random, parameters: OrdinaryParameters): Conversation {
	const script = new Script(parameters.latency);
	const server = parameters.serverName;
	const channel = "#coalmine";
	const others = function* (): Process {
		for (;;) {
			yield random.exponential(18);
			const nick = random.pick(["ada", "grace", "linus", "dennis"]);
			script.server(`:${nick}!${nick}@host.example PRIVMSG ${channel} :${words(random, random.integer(2, 25))}\r\n`);
		}
	};
	const person = function* (): Process {
		for (;;) {
			yield random.logNormal(60, 1);
			script.client(`PRIVMSG ${channel} :${words(random, random.integer(1, 20))}\r\n`);
		}
	};
	const session = function* (): Process {
		yield* script.call("NICK miner49er\r\nUSER user 0 * :A person\r\n", () =>
			[
				`:${server} 001 miner49er :Welcome`,
				`:${server} 375 miner49er :- Message of the day`,
				`:${server} 376 miner49er :End`,
			]
				.map((each) => `${each}\r\n`)
				.join(""),
		);
		yield* script.call(
			`JOIN ${channel}\r\n`,
			() => `:miner49er JOIN ${channel}\r\n:${server} 353 miner49er = ${channel} :ada grace\r\n`,
		);
		script.start(others());
		script.start(person());
		for (;;) {
			yield random.pick([90, 120]);
			script.server(`PING :${server}\r\n`);
			yield script.latency;
			script.client(`PONG :${server}\r\n`);
		}
	};
	script.start(session());
	return conversationOf(script, parameters.duration, {
		label: "Other",
		kind: "irc",
		serverPort: parameters.serverPort ?? 6667,
	});
}
