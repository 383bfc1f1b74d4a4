import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { test } from "node:test";
import type { TLSSocket } from "node:tls";
import { createNotification } from "../notification.ts";
import { makeCertificate, needsProgram, WorkFolder } from "../peers.testing.ts";
import { Secret } from "../secret.ts";
import { sampleEvent } from "../testing.ts";
import { HttpTransport } from "./http.ts";
import { TlsFiles } from "./tls-files.ts";

const message = {
	notifications: [createNotification(sampleEvent())],
	body: '{"name":"é"}',
	contentType: "application/json",
};

type Server = ReturnType<typeof createServer> | ReturnType<typeof createTlsServer>;

async function listening<T extends Server>(server: T): Promise<number> {
	server.listen(0, "127.0.0.1");
	await new Promise((resolve) => server.once("listening", resolve));
	return (server.address() as { port: number }).port;
}

async function withServer(answer: RequestListener, use: (url: URL) => Promise<void>): Promise<void> {
	const server = createServer(answer);
	const port = await listening(server);
	try {
		await use(new URL(`http://127.0.0.1:${port}/hook?token=secret-token`));
	} finally {
		server.closeAllConnections();
		server.close();
	}
}

async function bodyOf(request: IncomingMessage): Promise<string> {
	const chunks = [];
	for await (const chunk of request) chunks.push(chunk);
	return Buffer.concat(chunks).toString();
}

test("posts body, headers and the signature of the body", async () => {
	const seen: { body: string; headers: IncomingMessage["headers"] }[] = [];
	await withServer(
		async (request, response) => {
			seen.push({ body: await bodyOf(request), headers: request.headers });
			response.writeHead(204).end();
		},
		async (url) => {
			const headers = { authorization: new Secret("Bearer t"), "x-team": "soc" };
			const transport = new HttpTransport(url, { headers, hmac: new Secret("key") });
			await transport.send(message, AbortSignal.timeout(2000));
		},
	);
	const [{ body, headers }] = seen as [(typeof seen)[0]];
	assert.equal(body, message.body);
	assert.equal(headers["content-type"], "application/json");
	assert.equal(headers.authorization, "Bearer t");
	assert.equal(headers["x-team"], "soc");
	const digest = createHmac("sha256", "key").update(message.body).digest("hex");
	assert.equal(headers["x-decrypto-signature"], `sha256=${digest}`);
	assert.equal(headers["x-decrypto-notification"], message.notifications[0]!.id);
});

for (const [status, name] of [
	[500, "DeCryptoError"],
	[429, "DeCryptoError"],
	[403, "DeCryptoError"],
	[302, "DeCryptoError"],
	[400, "RejectedError"],
	[413, "RejectedError"],
] as const) {
	test(`an answer of ${status} is a ${name}, and the message shows no path of the URL`, async () => {
		let requests = 0;
		await withServer(
			(_, response) => {
				requests++;
				response.writeHead(status, { location: "/elsewhere" }).end("no\x1b[31m");
			},
			async (url) => {
				const sending = new HttpTransport(url).send(message, AbortSignal.timeout(2000));
				await assert.rejects(sending, (error: Error) => {
					assert.equal(error.name, name);
					assert.match(error.message, new RegExp(`HTTP ${status}`));
					for (const hidden of ["secret-token", "hook", "\x1b"])
						assert.ok(!error.message.includes(hidden), error.message);
					return true;
				});
			},
		);
		assert.equal(requests, 1);
	});
}

test("an endless answer does not fill the memory, a silent server ends with the timeout", async () => {
	await withServer(
		(_, response) => {
			response.writeHead(200);
			const timer = setInterval(() => response.write("x".repeat(2000)), 1);
			response.on("close", () => clearInterval(timer));
		},
		(url) => new HttpTransport(url).send(message, AbortSignal.timeout(5000)),
	);
	await withServer(
		() => undefined,
		(url) => assert.rejects(new HttpTransport(url).send(message, AbortSignal.timeout(100))),
	);
});

test("HTTPS: the server's certificate is checked, and ours is shown", {
	skip: needsProgram("/usr/bin/openssl"),
}, async () => {
	using folder = new WorkFolder();
	const { cert, key } = makeCertificate(folder);
	const pem = { cert: readFileSync(cert), key: readFileSync(key), ca: readFileSync(cert) };
	const subjects: unknown[] = [];
	const server = createTlsServer({ ...pem, requestCert: true, rejectUnauthorized: true }, (request, response) => {
		subjects.push((request.socket as TLSSocket).getPeerCertificate().subject.CN);
		response.end();
	});
	const url = new URL(`https://localhost:${await listening(server)}/`);
	const known = new HttpTransport(url, { tls: new TlsFiles({ ca: cert, cert, key }) });
	await known.send(message, AbortSignal.timeout(3000));
	assert.deepEqual(subjects, ["localhost"]);
	await assert.rejects(new HttpTransport(url).send(message, AbortSignal.timeout(3000)), /self-signed/);
	server.closeAllConnections();
	server.close();
});
