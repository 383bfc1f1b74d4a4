import { type Bench, type Service, together } from "./service.ts";
import { drawLength, drawRhythm, type Session, text } from "./session.ts";

// Chat servers: bots and people in rooms, presence, pings of either end.

/** ngircd: Internet Relay Chat (RFC 2812). The server pings after 20 s of silence. */
export const IRC: Service = {
	name: "ngircd",
	daemon: {
		port: 16_667,
		files: {
			"ngircd.conf":
				"[Global]\nName = irc.lab.example\nInfo = lab\nListen = 127.0.0.1\nPorts = 16667\nMotdPhrase = lab\n[Limits]\nPingTimeout = 20\nPongTimeout = 20\nMaxConnectionsIP = 0\nMaxConnections = 0\nMaxPenaltyTime = 0\n[Options]\nIdent = no\nPAM = no\nDNS = no\n",
		},
		command: "ngircd -n -f $DIR/ngircd.conf",
	},
	patterns: [
		{ name: "bot in a channel", run: (bench) => channel(bench, false) },
		{ name: "people in a channel", run: (bench) => channel(bench, true) },
	],
};

async function channel({ connect, name, random }: Bench, talks: boolean) {
	const [listener, speaker] = [await connect(), await connect()];
	const nick = name.replaceAll("-", "").slice(-7);
	for (const [k, session] of [listener, speaker].entries()) {
		await session.ask(`NICK ${k === 0 ? "a" : "b"}${nick}\r\nUSER lab 0 * :lab\r\n`);
		await session.ask(`JOIN #${name}\r\n`);
	}
	const length = drawLength(random, 20, 350);
	const say = () => `PRIVMSG #${name} :${text(length())}\r\n`;
	const scripts = [answerPings(listener), answerPings(speaker), speaker.every(drawRhythm(random, 2, 40), say)];
	if (talks) scripts.push(listener.every(drawRhythm(random, 3, 60), say));
	else if (random.chance(0.5)) scripts.push(listener.every(drawRhythm(random, 5, 60), () => `PING ${nick}\r\n`));
	await together(...scripts);
}

async function answerPings(session: Session): Promise<never> {
	for (;;) {
		const token = /(?:^|\n)PING (.*)\r\n/.exec(String(await session.receive()))?.[1];
		if (token !== undefined) session.write(`PONG ${token}\r\n`);
	}
}

/** Prosody: XMPP (RFC 6120), anonymous log-ins, messages from one user to another, pings (XEP-0199) or white space. */
export const XMPP: Service = {
	name: "prosody",
	daemon: {
		port: 15_222,
		files: {
			"prosody.cfg.lua":
				'run_as_root = true\nmodules_enabled = { "saslauth", "ping", "presence", "message", "iq" }\nmodules_disabled = { "tls", "s2s", "limits" }\nc2s_require_encryption = false\nauthentication = "anonymous"\ninterfaces = { "127.0.0.1" }\nc2s_ports = { 15222 }\nlog = { error = "*console" }\nVirtualHost "lab.example"\n',
		},
		command: "PROSODY_DATADIR=$DIR prosody --config $DIR/prosody.cfg.lua -F",
	},
	patterns: [
		{ name: "bot", run: (bench) => conversation(bench, false) },
		{ name: "conversation", run: (bench) => conversation(bench, true) },
	],
};

const STREAM =
	"<stream:stream to='lab.example' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>";

async function xmppLogIn({ connect }: Bench): Promise<{ session: Session; address: string }> {
	const session = await connect();
	await session.ask(STREAM);
	await session.pause(0.5);
	await session.ask("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='ANONYMOUS'/>");
	await session.ask(STREAM);
	await session.pause(0.5);
	const bound = String(
		await session.ask("<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>"),
	);
	const address = /<jid>(.*)<\/jid>/.exec(bound)?.[1];
	if (address === undefined) throw new Error(`XMPP log-in refused: ${bound.slice(0, 200)}`);
	session.write("<presence/>");
	return { session, address };
}

async function conversation(bench: Bench, talks: boolean) {
	const { random } = bench;
	const [one, other] = [await xmppLogIn(bench), await xmppLogIn(bench)];
	const length = drawLength(random, 10, 600);
	const stanza = (to: string) => `<message to='${to}' type='chat'><body>${text(length())}</body></message>`;
	const ping = random.pick([" ", "<iq type='get' id='p' to='lab.example'><ping xmlns='urn:xmpp:ping'/></iq>"]);
	const scripts = [
		one.session.drain(),
		other.session.drain(),
		other.session.every(drawRhythm(random, 2, 40), () => stanza(one.address)),
		one.session.every(drawRhythm(random, 10, 60), () => ping),
	];
	if (talks) scripts.push(one.session.every(drawRhythm(random, 3, 60), () => stanza(other.address)));
	await together(...scripts);
}
