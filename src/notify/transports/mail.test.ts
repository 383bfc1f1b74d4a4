import assert from "node:assert/strict";
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { test } from "node:test";
import { textFormat } from "../formats/text.ts";
import { createNotification, type Notification } from "../notification.ts";
import { encodeAll } from "../notification-format.ts";
import { freePort, needsProgram, Peer, WorkFolder } from "../peers.testing.ts";
import { eventually, sampleEvent, sampleIncident, samplePool, sampleSender } from "../testing.ts";
import { MailTransport } from "./mail.ts";

const SMTPD = "/usr/sbin/smtpd";

function digest(notifications: readonly Notification[]) {
	const body = encodeAll(textFormat, notifications, sampleSender);
	return { notifications, body, contentType: textFormat.contentType };
}

function options(port: number) {
	const server = new URL(`smtp://127.0.0.1:${port}`);
	return { to: ["abuse@campus.example"], from: "decrypto@sensor.example", server };
}

/** Header and decoded text of a mail: quoted-printable or base64 (RFC 2045). */
function readMail(text: string): { header: string; body: string } {
	const split = text.search(/\r?\n\r?\n/);
	const header = text.slice(0, split).replace(/\r?\n[ \t]+/g, " ");
	const raw = text.slice(split).trimStart();
	if (/transfer-encoding: base64/i.test(header)) return { header, body: Buffer.from(raw, "base64").toString() };
	if (!/transfer-encoding: quoted-printable/i.test(header)) return { header, body: raw };
	const bytes = raw
		.replace(/=\r?\n/g, "")
		.replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
	return { header, body: Buffer.from(bytes, "latin1").toString() };
}

const skip = process.getuid?.() === 0 ? needsProgram(SMTPD) : "OpenSMTPD runs as root only";

test("OpenSMTPD delivers a digest in UTF-8, and hostile text adds no header and no recipient", { skip }, async () => {
	using folder = new WorkFolder();
	chmodSync(folder.path, 0o755);
	const box = folder.join("box");
	mkdirSync(box);
	chmodSync(box, 0o777);
	const port = await freePort();
	const conf = folder.join("smtpd.conf");
	writeFileSync(
		conf,
		[
			`listen on 127.0.0.1 port ${port} hostname localhost`,
			'table users { "@" = nobody }',
			`action "keep" mda "cat > ${box}/mail.$$" virtual <users>`,
			'match from any for any action "keep"',
			"",
		].join("\n"),
	);
	chmodSync(conf, 0o600);
	await using peer = new Peer(SMTPD, ["-d", "-f", conf]);
	await peer.listening(port);
	const hostile = "žluťoučký kůň 😀\r\nBcc: forged@evil.example\r\n.\r\nRCPT TO:<x@y.example>";
	const pools = [samplePool({ key: hostile, serverName: hostile })];
	const notifications = [1, 2].map((n) =>
		createNotification(sampleEvent({ words: hostile, incident: sampleIncident({ id: `i${n}`, pools }) })),
	);
	await new MailTransport(options(port)).send(digest(notifications), AbortSignal.timeout(10_000));
	await eventually(() => readdirSync(box).some((name) => readFileSync(`${box}/${name}`, "utf8").includes("\n\n")));
	const [name, ...others] = readdirSync(box);
	assert.equal(others.length, 0);
	const { header, body } = readMail(readFileSync(`${box}/${name}`, "utf8"));
	assert.match(header, /^Auto-Submitted: auto-generated$/m);
	assert.match(header, /^To: abuse@campus\.example$/m);
	assert.ok(!/^Bcc:/m.test(header), header);
	assert.match(body, /^2 notifications/);
	assert.ok(body.includes("server name: žluťoučký kůň 😀\\x0d\\x0aBcc: forged@evil.example"), body);
	assert.ok(body.includes("id: i1-3") && body.includes("id: i2-3"));
});

test("a server that says garbage, refuses or hangs fails the attempt in time", async () => {
	const answers: Readonly<Record<string, string | undefined>> = {
		garbage: "\x1b]0;hello\r\n\0\0\r\n",
		refuses: "554 no\r\n",
		hangs: undefined,
	};
	for (const [name, greeting] of Object.entries(answers)) {
		const server = createServer((socket) => {
			socket.on("error", () => undefined);
			if (greeting !== undefined) socket.end(greeting);
		}).listen(0, "127.0.0.1");
		await new Promise((resolve) => server.once("listening", resolve));
		const transport = new MailTransport(options((server.address() as { port: number }).port));
		const sending = transport.send(digest([createNotification(sampleEvent())]), AbortSignal.timeout(500));
		await assert.rejects(sending, Error, name);
		server.close();
	}
});
