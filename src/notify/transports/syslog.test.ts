import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { test } from "node:test";
import { cefFormat } from "../formats/cef.ts";
import { READERS } from "../formats/readers.testing.ts";
import { createNotification, type Notification } from "../notification.ts";
import { freePort, makeCertificate, needsProgram, Peer, WorkFolder } from "../peers.testing.ts";
import { eventually, sampleEvent, sampleIncident, samplePool, sampleSender } from "../testing.ts";
import type { Message } from "../transport.ts";
import { syslogTransport } from "./syslog.ts";
import { syslogMessage } from "./syslog-message.ts";
import { TlsFiles } from "./tls-files.ts";

const RSYSLOGD = "/usr/sbin/rsyslogd";
const OPENSSL_DRIVER = "/usr/lib/x86_64-linux-gnu/rsyslog/lmnsd_ossl.so";
const GNUTLS_DRIVER = "/usr/lib/x86_64-linux-gnu/rsyslog/lmnsd_gtls.so";

function messageOf(notification: Notification): Message {
	return {
		notifications: [notification],
		body: cefFormat.encode(notification, sampleSender),
		contentType: cefFormat.contentType,
	};
}

/** A name with what structured data, lines and CEF would stumble over. */
const hostile = 'é]"\\x=|\n<134>1 - forged\x1b[31m';

function numbered(n: number): Notification {
	const pools = [samplePool({ key: hostile, serverName: hostile })];
	return createNotification(sampleEvent({ incident: sampleIncident({ id: `i${n}`, sequence: n, pools }) }));
}

/** rsyslogd that writes structured data and message of each received line as JSON. */
function configuration(folder: WorkFolder, protocol: string, port: number): string {
	const { cert, key } = makeCertificate(folder);
	const driver = existsSync(OPENSSL_DRIVER) ? "ossl" : "gtls";
	const tls = protocol === "tls" ? 'StreamDriver.Name="DRIVER" StreamDriver.Mode="1" StreamDriver.AuthMode="anon"' : "";
	const module = protocol === "udp" ? "imudp" : "imtcp";
	const lines = [
		`global(workDirectory="${folder.path}" maxMessageSize="256k" parser.escapeControlCharactersOnReceive="off"`,
		`  DefaultNetstreamDriverCAFile="${cert}" DefaultNetstreamDriverCertFile="${cert}" DefaultNetstreamDriverKeyFile="${key}")`,
		`module(load="${module}" ${tls.replace("DRIVER", driver)})`,
		'template(name="json" type="list" option.jsonf="on") {',
		'  property(outname="data" name="structured-data" format="jsonf")',
		'  property(outname="app" name="app-name" format="jsonf")',
		'  property(outname="msg" name="msg" format="jsonf")',
		"}",
		`input(type="${module}" address="127.0.0.1" port="${port}" ruleset="keep")`,
		`ruleset(name="keep") { action(type="omfile" file="${folder.join("received")}" template="json") }`,
	];
	const path = folder.join("rsyslog.conf");
	writeFileSync(path, `${lines.join("\n")}\n`);
	return path;
}

function received(folder: WorkFolder): { data: string; app: string; msg: string }[] {
	const path = folder.join("received");
	if (!existsSync(path)) return [];
	return readFileSync(path, "utf8")
		.trimEnd()
		.split("\n")
		.map((line) => JSON.parse(line));
}

for (const protocol of ["udp", "tcp", "tls"] as const) {
	const driver = protocol === "tls" && !existsSync(OPENSSL_DRIVER) ? [GNUTLS_DRIVER] : [];
	test(`rsyslogd gets messages over ${protocol} whole, with their structured data`, {
		skip: needsProgram(RSYSLOGD, "/usr/bin/openssl", ...driver),
	}, async () => {
		using folder = new WorkFolder();
		const port = await freePort();
		const conf = configuration(folder, protocol, port);
		await using peer = new Peer(RSYSLOGD, ["-n", "-f", conf, "-i", folder.join("pid")]);
		if (protocol === "udp") await eventually(() => udpPortIsTaken(port));
		else await peer.listening(port);
		const tls = protocol === "tls" ? { tls: new TlsFiles({ ca: folder.join("cert.pem") }) } : {};
		const address = { protocol, host: "127.0.0.1", port };
		const transport = syslogTransport(address, { sender: sampleSender, facility: 16, ...tls });
		const sent = Array.from({ length: 20 }, (_, n) => numbered(n + 1));
		for (const each of sent) await transport.send(messageOf(each), AbortSignal.timeout(5000));
		await transport.close();
		await eventually(() => received(folder).length === sent.length);
		for (const [i, { data, app, msg }] of received(folder).entries()) {
			assert.equal(app, "decrypto");
			assert.match(
				data,
				new RegExp(`^\\[decrypto@32473 id="i${i + 1}-${i + 1}" incident="i${i + 1}" sequence="${i + 1}"`),
			);
			const read = READERS.cef(msg.replace(/^ ?\ufeff?/, ""));
			assert.equal(read.serverName, hostile);
			assert.equal(read.id, sent[i]!.id);
		}
	});
}

function udpPortIsTaken(port: number): boolean {
	const hex = port.toString(16).toUpperCase().padStart(4, "0");
	return readFileSync("/proc/net/udp", "utf8").includes(`0100007F:${hex} `);
}

test("a message that no datagram holds is rejected, and says so", async () => {
	const transport = syslogTransport(
		{ protocol: "udp", host: "127.0.0.1", port: 9 },
		{ sender: sampleSender, facility: 16 },
	);
	const notification = createNotification(sampleEvent({ words: "x".repeat(70_000) }));
	await assert.rejects(transport.send(messageOf(notification), AbortSignal.timeout(1000)), {
		name: "RejectedError",
		message: /does not fit into a datagram/,
	});
});

test("frames over TCP carry their length in octets, and the transport connects again", async () => {
	let bytes = Buffer.alloc(0);
	let connections = 0;
	const server = createServer((socket) => {
		connections++;
		socket.on("data", (chunk) => {
			bytes = Buffer.concat([bytes, chunk]);
			if (connections === 1) socket.destroy();
		});
	}).listen(0, "127.0.0.1");
	await new Promise((resolve) => server.once("listening", resolve));
	const { port } = server.address() as { port: number };
	const transport = syslogTransport(
		{ protocol: "tcp", host: "127.0.0.1", port },
		{ sender: sampleSender, facility: 16 },
	);
	const message = messageOf(numbered(1));
	await transport.send(message, AbortSignal.timeout(1000));
	await eventually(() => connections === 1 && bytes.length > 0);
	await new Promise((resolve) => setTimeout(resolve, 50));
	await transport.send(message, AbortSignal.timeout(1000));
	await transport.close();
	await eventually(() => connections === 2);
	const frame = Buffer.from(syslogMessage(message.notifications[0]!, message.body, sampleSender));
	const whole = Buffer.concat([Buffer.from(`${frame.length} `), frame]);
	await eventually(() => bytes.length === 2 * whole.length);
	assert.deepEqual(bytes, Buffer.concat([whole, whole]));
	server.close();
});
