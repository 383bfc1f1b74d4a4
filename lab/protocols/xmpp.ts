import type { Conversation } from "../conversation.ts";
import type { Random } from "../random.ts";
import { words } from "./filler.ts";
import type { OrdinaryParameters } from "./ordinary-parameters.ts";
import { conversationOf, type Process, Script } from "./script.ts";

/**
 * A messenger over XMPP (RFC 6120): stream, login, presence, messages, and a ping (XEP-0199) or a blank during
 * silences.
 */
export function xmpp(random: Random, parameters: OrdinaryParameters): Conversation {
	const script = new Script(parameters.latency);
	const domain = parameters.serverName;
	const every = random.pick([30, 60, 90]);
	const blank = random.chance(0.4);
	const message = (from: string, to: string) =>
		`<message from='${from}@${domain}' to='${to}@${domain}' type='chat'><body>${words(random, random.integer(2, 25))}</body></message>`;
	const friends = function* (): Process {
		for (;;) {
			yield random.exponential(60);
			script.server(message(random.pick(["ada", "grace"]), "me"));
		}
	};
	const person = function* (): Process {
		for (;;) {
			yield random.logNormal(80, 0.9);
			script.client(message("me", random.pick(["ada", "grace"])));
		}
	};
	const session = function* (): Process {
		const opening = `<stream:stream to='${domain}' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>`;
		const mechanisms = "<mechanism>SCRAM-SHA-256</mechanism><mechanism>PLAIN</mechanism>";
		yield* script.call(
			opening,
			() => `${opening}<stream:features><mechanisms>${mechanisms}</mechanisms></stream:features>`,
		);
		yield* script.call(`<auth mechanism='PLAIN'>${random.hex(40)}</auth>`, () => "<success/>", 0.02);
		yield* script.call(
			"<iq type='set' id='b1'><bind/></iq>",
			() => `<iq type='result' id='b1'><jid>me@${domain}/phone</jid></iq>`,
		);
		script.client("<presence/>");
		script.start(friends());
		script.start(person());
		for (let id = 1; ; id++) {
			yield every;
			if (blank) script.client(" ");
			else {
				const own = `p${id}`;
				script.start(
					script.call(
						`<iq type='get' id='${own}'><ping xmlns='urn:xmpp:ping'/></iq>`,
						() => `<iq type='result' id='${own}'/>`,
					),
				);
			}
		}
	};
	script.start(session());
	return conversationOf(script, parameters.duration, {
		label: "Other",
		kind: "xmpp",
		serverPort: parameters.serverPort ?? 5222,
		...(parameters.tls && { tls: parameters.tls }),
	});
}
