import assert from "node:assert/strict";
import { test } from "node:test";
import { connect } from "@nats-io/transport-node";
import { jsonFormat } from "../formats/json.ts";
import { createNotification } from "../notification.ts";
import { freePort, needsProgram, Peer } from "../peers.testing.ts";
import { Secret } from "../secret.ts";
import { eventually, numberedEvent, sampleSender } from "../testing.ts";
import { NatsTransport } from "./nats.ts";

const NATS = "/usr/sbin/nats-server";

function message(n: number) {
	const notification = createNotification(numberedEvent(n));
	return {
		notifications: [notification],
		body: jsonFormat.encode(notification, sampleSender),
		contentType: jsonFormat.contentType,
	};
}

test("nats-server gets every message, also after it was away", { skip: needsProgram(NATS) }, async () => {
	const port = await freePort();
	const start = () => new Peer(NATS, ["-a", "127.0.0.1", "-p", String(port), "--user", "u", "--pass", "p"]);
	const options = {
		servers: [`127.0.0.1:${port}`],
		subject: "incidents.decrypto",
		user: "u",
		password: new Secret("p"),
	};
	const transport = new NatsTransport(options);
	const received: number[] = [];
	const listen = async () => {
		const client = await connect({ servers: options.servers, user: "u", pass: "p", reconnect: false });
		client.subscribe("incidents.>", {
			callback: (_, { data }) => void received.push(JSON.parse(Buffer.from(data).toString()).sequence),
		});
		await client.flush();
		return client;
	};
	{
		await using server = start();
		await server.listening(port);
		const client = await listen();
		await transport.send(message(1), AbortSignal.timeout(3000));
		await eventually(() => received.length === 1);
		await client.close();
	}
	await assert.rejects(transport.send(message(2), AbortSignal.timeout(3000)), /^DeCryptoError: nats 127/);
	await using server = start();
	await server.listening(port);
	const client = await listen();
	await transport.send(message(2), AbortSignal.timeout(3000));
	await eventually(() => received.length === 2);
	assert.deepEqual(received, [1, 2]);
	await transport.close();
	await client.close();
});
