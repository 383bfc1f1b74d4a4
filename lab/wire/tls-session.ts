import { Duplex } from "node:stream";
import { connect, createSecureContext, TLSSocket } from "node:tls";
import type { Certificate } from "../certificate.ts";
import type { Conversation, Message } from "../conversation.ts";

/** What the endpoints offer each other besides what the conversation says. */
export interface TlsOptions {
	readonly certificate: Certificate;
	/** ALPN names; none by default, as miners send none. */
	readonly protocols?: readonly string[];
	/** Groups offered, as OpenSSL names them; a post-quantum one makes the hello longer than a segment. */
	readonly groups?: string;
}

type Side = Message["from"];

/**
 * The same conversation as it goes over the wire inside TLS: Node's own endpoints run against each other in memory, and
 * what they write becomes the messages, handshake and close included. Times are the script's, moved by the round trips
 * of the handshake. The bytes differ from run to run, for OpenSSL draws its own randomness; times and lengths do not.
 */
export async function insideTls(conversation: Conversation, options: TlsOptions): Promise<Conversation> {
	if (conversation.tls === undefined) throw new RangeError(`${conversation.kind}: not a conversation inside TLS`);
	const wire = new Wire();
	const { version, serverName } = conversation.tls;
	const server = new TLSSocket(wire.server, {
		isServer: true,
		secureContext: createSecureContext({
			cert: options.certificate.certificate,
			key: options.certificate.key,
			minVersion: version,
			maxVersion: version,
		}),
		...(options.protocols && { ALPNProtocols: [...options.protocols] }),
	});
	const client = connect({
		socket: wire.client,
		rejectUnauthorized: false,
		minVersion: version,
		maxVersion: version,
		ecdhCurve: options.groups ?? "X25519:P-256",
		...(serverName !== undefined && { servername: serverName }),
		...(options.protocols && { ALPNProtocols: [...options.protocols] }),
	});
	const ends = { client, server };
	const read = { client: 0, server: 0 };
	client.on("data", (data: Buffer) => (read.client += data.length));
	server.on("data", (data: Buffer) => (read.server += data.length));
	await Promise.all([secured(client, "secureConnect"), secured(server, "secure")]);
	await settled(() => true);

	const latency = conversation.latency ?? 0;
	const messages = handshakeMessages(wire.take(), latency);
	const handshake = secureAt(messages, version, latency);
	for (const { at, from, bytes } of conversation.messages) {
		if (bytes === undefined) throw new RangeError(`${conversation.kind}: a message without bytes`);
		const to = from === "client" ? "server" : "client";
		const expected = read[to] + bytes.length;
		ends[from].write(bytes);
		await settled(() => read[to] === expected);
		for (const written of wire.take()) {
			messages.push({ at: handshake + at, from: written.from, length: written.bytes.length, bytes: written.bytes });
		}
	}
	if (Number.isFinite(conversation.closesAt)) {
		client.end();
		await settled(() => wire.written > 0);
		for (const { from, bytes } of wire.take()) {
			if (from === "client")
				messages.push({ at: handshake + conversation.closesAt, from, length: bytes.length, bytes });
		}
	}
	client.destroy();
	server.destroy();
	const sorted = messages.toSorted((a, b) => a.at - b.at);
	return { ...conversation, messages: sorted, closesAt: handshake + conversation.closesAt };
}

interface Written {
	readonly from: Side;
	readonly bytes: Uint8Array;
}

/** Two streams, each of which reads what was written into the other, and a record of all that was. */
class Wire {
	readonly client: Duplex = this.#end("client", () => this.server);
	readonly server: Duplex = this.#end("server", () => this.client);
	#written: Written[] = [];

	get written(): number {
		return this.#written.length;
	}

	/** What was written since the last call; writes of one side without one of the other between them are one. */
	take(): Written[] {
		const joined: { from: Side; parts: Uint8Array[] }[] = [];
		for (const { from, bytes } of this.#written) {
			const last = joined.at(-1);
			if (last?.from === from) last.parts.push(bytes);
			else joined.push({ from, parts: [bytes] });
		}
		this.#written = [];
		return joined.map(({ from, parts }) => ({ from, bytes: Buffer.concat(parts) }));
	}

	#end(from: Side, other: () => Duplex): Duplex {
		return new Duplex({
			read() {},
			write: (chunk: Buffer, _encoding, done) => {
				this.#written.push({ from, bytes: Uint8Array.from(chunk) });
				other().push(chunk);
				done();
			},
			final: (done) => {
				other().push(null);
				done();
			},
		});
	}
}

/** Each flight leaves when the one before it has arrived. */
function handshakeMessages(written: readonly Written[], latency: number): Message[] {
	return written.map(({ from, bytes }, flight) => ({ at: flight * latency, from, length: bytes.length, bytes }));
}

/** When the client may write: with its last flight in TLS 1.3, once the server's last has come in TLS 1.2. */
function secureAt(handshake: readonly Message[], version: "TLSv1.2" | "TLSv1.3", latency: number): number {
	const flight = handshake.findLastIndex(({ from }) => from === "client");
	return (version === "TLSv1.3" ? flight : flight + 2) * latency;
}

function secured(socket: TLSSocket, event: "secureConnect" | "secure"): Promise<void> {
	return new Promise((resolve, reject) => {
		socket.once(event, () => resolve());
		socket.once("error", reject);
	});
}

/** Lets the endpoints work until nothing is left to do and `done` says so. */
async function settled(done: () => boolean): Promise<void> {
	const turn = () => new Promise((resolve) => setImmediate(resolve));
	for (let turns = 0; turns < 4 || !done(); turns++) {
		if (turns > 10_000) throw new Error("the TLS endpoints do not come to rest");
		await turn();
	}
}
