import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ordinaryScripts } from "../../lab/protocols/ordinary.ts";
import { Random } from "../../lab/random.ts";
import { plainProtocol } from "./plain-protocol.ts";
import { EXAMPLES } from "./testing.ts";

const told = (bytes: string | Uint8Array) => {
	const payload = typeof bytes === "string" ? Buffer.from(bytes, "latin1") : bytes;
	return plainProtocol(payload, 0, payload.length);
};

const FIRST_BYTES: Readonly<Record<string, readonly string[]>> = {
	amqp: ["AMQP\0\0\x09\x01"],
	bittorrent: ["\x13BitTorrent protocol\0\0\0\0\0\0\0\0"],
	dns: ["\x1a\x2b\x01\0\0\x01\0\0\0\0\0\0\x07example\x03org\0\0\x01\0\x01"],
	ftp: ["220 ProFTPD FTP server ready\r\n"],
	http: ["GET /a HTTP/1.1\r\nHost: x\r\n", "HTTP/1.1 404 Not Found\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
	imap: ["* OK [CAPABILITY IMAP4rev1] ready\r\n", "a1 CAPABILITY\r\n"],
	irc: ["NICK somebody\r\nUSER a 0 * :b\r\n", ":irc.example.org NOTICE * :hello\r\n"],
	ldap: ["\x30\x0c\x02\x01\x01\x60\x07\x02\x01\x03\x04\0\x80\0"],
	mqtt: ["\x10\x0e\0\x04MQTT\x04\x02\0\x3c\0\x02ab"],
	mysql: ["\x4a\0\0\0\x0a8.0.36\0\x01\0\0\0"],
	nats: ['INFO {"server_id":"A"}\r\n', 'CONNECT {"verbose":false}\r\n'],
	pop3: ["+OK Dovecot ready.\r\n"],
	postgresql: ["\0\0\0\x08\x04\xd2\x16\x2f", "\0\0\0\x21\0\x03\0\0user\0a\0"],
	rdp: ["\x03\0\0\x13\x0e\xe0\0\0\0\0\0\x01\0\x08\0\x03\0\0\0"],
	redis: ["*2\r\n$3\r\nGET\r\n$1\r\na\r\n"],
	rtsp: ["RTSP/1.0 200 OK\r\n", "DESCRIBE rtsp://x/ RTSP/1.0\r\n"],
	sip: ["INVITE sip:b@example.org SIP/2.0\r\n", "SIP/2.0 100 Trying\r\n"],
	smb: ["\0\0\0\x45\xffSMB\x72"],
	smtp: ["220 mail.example.org ESMTP Postfix\r\n", "EHLO client.example.org\r\n"],
	socks: ["\x05\x01\0", "\x05\x02\0\x01"],
	ssh: ["SSH-2.0-OpenSSH_9.6\r\n"],
	stun: ["\0\x01\0\0\x21\x12\xa4\x42aaaaaaaaaaaa"],
	tls: ["\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03", "\x16\x03\x03\0\x7a\x02\0\0\x76\x03\x03"],
	xmpp: ["<?xml version='1.0'?><stream:stream to='example.org'"],
};

for (const [protocol, payloads] of Object.entries(FIRST_BYTES)) {
	test(`${protocol} is recognised by its first bytes`, () => {
		for (const payload of payloads) assert.equal(told(payload), protocol);
	});
}

test("a mining message is recognised only as the protocol that carries it", () => {
	for (const { bytes, message } of EXAMPLES) {
		const other = told(bytes);
		assert.ok(other === undefined || other === "http", `${message}: ${other}`);
	}
});

test("text that only resembles a protocol, and random bytes, are unknown; nothing throws", () => {
	for (const text of ["", "GE", "220", "220 hello\r\n", "NICKNAME\r\n", "SSH", "*\r\n", "+OK\r\n", "INFO {}", "<html>"])
		assert.equal(told(text), undefined, text);
	let known = 0;
	fc.assert(
		fc.property(fc.uint8Array({ minLength: 3, maxLength: 200 }), (bytes) => {
			if (told(bytes) !== undefined) known++;
		}),
		{ numRuns: 5000 },
	);
	assert.ok(known < 10, `${known} of 5000 random payloads`);
});

test("the laboratory's ordinary conversations are recognised correctly or not at all", () => {
	const names = new Set<string>();
	for (const script of Object.values(ordinaryScripts)) {
		const { messages } = script(new Random(1), { duration: 60, latency: 0.02, serverName: "www.example.org" });
		for (const end of ["client", "server"]) {
			const first = messages.find(({ from, bytes }) => from === end && bytes !== undefined)?.bytes;
			const name = first && told(first);
			if (name) names.add(name);
		}
	}
	for (const name of ["http", "ssh", "mqtt", "xmpp", "irc"]) assert.ok(names.has(name), `${name} of ${[...names]}`);
});
