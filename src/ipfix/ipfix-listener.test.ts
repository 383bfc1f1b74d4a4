import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { test } from "node:test";
import fc from "fast-check";
import { certify, newKey } from "../../lab/certificate.ts";
import { totalMalformed } from "../bytes/counters.ts";
import { columnsOfFlows } from "../flow/columns-of-flows.ts";
import type { Flow } from "../flow/flow.ts";
import { parseNetwork } from "../flow/networks.ts";
import { arbitraryFlow } from "../flow/testing.ts";
import { type IpfixListener, listenForIpfix } from "./ipfix-listener.ts";
import { message, SMALL_FLOW, set, smallFlow, template } from "./ipfix-message.testing.ts";
import { createIpfixSink } from "./ipfix-sink.ts";
import type { TlsFiles } from "./stream-receiver.ts";

/** Flows to export, distinguished by their ports. */
function someFlows(seed: number, count: number): Flow[] {
	return fc
		.sample(arbitraryFlow(), { numRuns: count, seed })
		.map((flow, k) => ({ ...flow, sourcePort: seed, destinationPort: k }));
}

/** Collects until the given number of flows arrived, or until the listener ends: their ports, in order of arrival. */
async function collect(listener: IpfixListener, count: number): Promise<string[]> {
	const seen: string[] = [];
	for await (const batch of listener) {
		for (let i = 0; i < batch.length; i++) seen.push(`${batch.sourcePort[i]} ${batch.destinationPort[i]}`);
		if (seen.length >= count) listener.stop();
	}
	return seen;
}

async function exportTo(target: string, seed: number, count: number, tls?: Partial<TlsFiles>): Promise<void> {
	const sink = await createIpfixSink(target, tls ? { tls } : {});
	const flows = someFlows(seed, count);
	for (let at = 0; at < count; at += 10) await sink.write(columnsOfFlows(flows.slice(at, at + 10)));
	await sink.close();
}

async function threeExporters(
	transport: string,
	exporterTls?: Partial<TlsFiles>,
	listenerTls?: TlsFiles,
): Promise<void> {
	const listener = await listenForIpfix(`ipfix+${transport}://127.0.0.1:0`, listenerTls ? { tls: listenerTls } : {});
	const target = `ipfix+${transport}://${transport === "tls" ? "localhost" : "127.0.0.1"}:${listener.port}`;
	const collected = collect(listener, 300);
	await Promise.all([1, 2, 3].map((seed) => exportTo(target, seed, 100, exporterTls)));
	const seen = await collected;
	for (const seed of [1, 2, 3]) {
		const own = seen.filter((ports) => ports.startsWith(`${seed} `));
		assert.deepEqual(
			own,
			Array.from({ length: 100 }, (_, k) => `${seed} ${k}`),
		);
	}
	assert.equal(totalMalformed(listener.counters), 0);
	assert.equal(listener.counters.flows, 300);
}

test("several exporters at once over TCP, each complete and in order", () => threeExporters("tcp"));

test("several exporters at once over UDP", () => threeExporters("udp"));

test("over TLS, with certificates at both ends", async () => {
	const subject = { name: "localhost", issuer: "localhost", serial: 1, authority: true };
	const { certificate, key } = certify(newKey(), subject);
	const files: TlsFiles = { certificate, key, authority: certificate };
	await threeExporters("tls", files, files);
	const listener = await listenForIpfix("ipfix+tls://127.0.0.1:0", { tls: files });
	await assert.rejects(createIpfixSink(`ipfix+tls://localhost:${listener.port}`), /self-signed|unable to verify/);
	listener.stop();
	await assert.rejects(listenForIpfix("ipfix+tls://127.0.0.1:0"), /TLS needs a certificate/);
});

test("NetFlow is refused with the reason, once per exporter, and other exporters are received", async () => {
	const warnings: string[] = [];
	const listener = await listenForIpfix("ipfix+udp://127.0.0.1:0", { onWarning: (line) => warnings.push(line) });
	const collected = collect(listener, 1);
	const socket = createSocket("udp4");
	const send = (bytes: Uint8Array) => new Promise((resolve) => socket.send(bytes, listener.port, "127.0.0.1", resolve));
	await send(message([], { version: 9 }));
	await send(message([], { version: 9 }));
	await send(Buffer.from("GET / HTTP/1.1\r\n\r\n"));
	await send(message([set(2, template(256, SMALL_FLOW)), set(256, smallFlow(5))]));
	assert.deepEqual(await collected, ["5 3333"]);
	socket.close();
	assert.deepEqual(Object.fromEntries(listener.counters.malformed), {
		"ipfix: NetFlow refused": 2,
		"ipfix: no IPFIX message": 1,
	});
	const refusals = warnings.filter((line) => line.includes("exporter"));
	assert.equal(refusals.length, 1);
	assert.match(refusals[0]!, /NetFlow v9 is read at netflow\+udp:/);
});

test("a connection that is not IPFIX, or breaks within a message, does not affect the others", async () => {
	const listener = await listenForIpfix("ipfix+tcp://127.0.0.1:0");
	const collected = collect(listener, 20);
	const send = async (bytes: Uint8Array) => {
		const socket = connect(listener.port, "127.0.0.1");
		socket.end(bytes);
		await once(socket, "close");
	};
	await send(Buffer.from("\u0016\u0003\u0001 this is something else"));
	await send(message([set(2, template(256, SMALL_FLOW))]).subarray(0, 30));
	await exportTo(`ipfix+tcp://127.0.0.1:${listener.port}`, 4, 20);
	assert.equal((await collected).length, 20);
	assert.deepEqual(Object.fromEntries(listener.counters.malformed), {
		"ipfix: no IPFIX message": 1,
		"ipfix: message cut": 1,
	});
});

test("an exporter reconnects to the next collector, and sends its templates again", async () => {
	const first = await listenForIpfix("ipfix+tcp://127.0.0.1:0");
	const { port } = first;
	const target = `ipfix+tcp://127.0.0.1:${port}`;
	const warnings: string[] = [];
	const firstCollected = collect(first, 10);
	const sink = await createIpfixSink(target, { onWarning: (line) => warnings.push(line) });
	await sink.write(columnsOfFlows(someFlows(1, 10)));
	assert.equal((await firstCollected).length, 10);
	const second = await listenForIpfix(target);
	const secondCollected = collect(second, 10);
	for (let k = 0; warnings.length === 0 && k < 100; k++)
		await new Promise((resolve) => setTimeout(resolve, 10)).then(() =>
			k > 5 ? sink.write(columnsOfFlows(someFlows(2, 10))) : undefined,
		);
	assert.ok((await secondCollected).length >= 10);
	await sink.close();
	assert.match(warnings[0]!, /trying again/);
	assert.match(warnings[1]!, /connected again/);
});

test("an address in use, an invalid name and a missing collector are one-line errors", async () => {
	const listener = await listenForIpfix("ipfix+tcp://127.0.0.1:0");
	const name = `ipfix+tcp://127.0.0.1:${listener.port}`;
	await assert.rejects(listenForIpfix(name), { message: `${name}: the address is in use` });
	const udp = await listenForIpfix("ipfix+udp://127.0.0.1:0");
	await assert.rejects(listenForIpfix(`ipfix+udp://127.0.0.1:${udp.port}`), /the address is in use/);
	listener.stop();
	udp.stop();
	await assert.rejects(listenForIpfix("ipfix+sctp://127.0.0.1"), /write ipfix\+udp:/);
	await assert.rejects(createIpfixSink("ipfix+tcp://127.0.0.1:1"), /connection refused/);
	await assert.rejects(createIpfixSink("/nowhere/at/all.ipfix"), /: there is no directory \/nowhere\/at$/);
});

test("only allowed exporters are received, over UDP and TCP, and others are reported", async () => {
	for (const transport of ["udp", "tcp"]) {
		const warnings: string[] = [];
		const listener = await listenForIpfix(`ipfix+${transport}://127.0.0.1:0`, {
			exporters: [parseNetwork("192.0.2.0/24")!],
			onWarning: (line) => warnings.push(line),
		});
		const collected = collect(listener, 1);
		const flow = message([set(2, template(256, SMALL_FLOW)), set(256, smallFlow(5))]);
		if (transport === "udp") {
			const socket = createSocket("udp4");
			for (let k = 0; k < 100 && !warnings.some((line) => /not allowed/.test(line)); k++) {
				await new Promise((resolve) => socket.send(flow, listener.port, "127.0.0.1", resolve));
				await new Promise((resolve) => setTimeout(resolve, 20));
			}
			socket.close();
		} else {
			const socket = connect(listener.port, "127.0.0.1");
			socket.on("error", () => {});
			socket.write(flow);
			await closeOf(socket);
		}
		listener.stop();
		assert.deepEqual(await collected, []);
		assert.match(warnings.join("\n"), /not allowed/);
	}
});

test("a peer that never finishes the TLS handshake does not delay the end", async () => {
	const { certificate, key } = certify(newKey(), {
		name: "localhost",
		issuer: "localhost",
		serial: 1,
		authority: true,
	});
	const listener = await listenForIpfix("ipfix+tls://127.0.0.1:0", { tls: { certificate, key } });
	const collected = collect(listener, 1);
	const socket = connect(listener.port, "127.0.0.1");
	socket.on("error", () => {});
	await once(socket, "connect");
	await new Promise((resolve) => setTimeout(resolve, 50));
	const begin = Date.now();
	listener.stop();
	await Promise.all([collected, closeOf(socket)]);
	assert.ok(Date.now() - begin < 1000);
});

test("idle connections of one address are limited, and closed after the idle timeout", async () => {
	const warnings: string[] = [];
	const listener = await listenForIpfix("ipfix+tcp://127.0.0.1:0", {
		idleTimeout: 0.2,
		onWarning: (line) => warnings.push(line),
	});
	const collected = collect(listener, 1);
	const sockets = Array.from({ length: 80 }, () => connect(listener.port, "127.0.0.1"));
	const closed = sockets.map((socket) => {
		socket.on("error", () => {});
		socket.resume();
		return closeOf(socket);
	});
	for (const socket of sockets) socket.write(message([]));
	await Promise.all(closed);
	listener.stop();
	await collected;
	const { malformed } = listener.counters;
	assert.equal(malformed.get("ipfix: too many connections of one address"), 16);
	assert.equal(malformed.get("ipfix: idle connection closed"), 64);
	assert.match(warnings.join("\n"), /too many connections of one address/);
});

/** `once` of node:events rejects for a reset connection; here a reset is an end, too. */
function closeOf(socket: Socket): Promise<void> {
	return new Promise((resolve) => socket.once("close", () => resolve()));
}
