import { connect, createSecureContext, TLSSocket } from "node:tls";
import type { Certificate } from "../certificate.ts";
import type { Conversation, Message } from "../conversation.ts";
import { MemoryWire, type Written } from "./memory-wire.ts";

/** Settings of the endpoints in addition to those of the conversation. */
export interface TlsOptions {
	readonly certificate: Certificate;
	/** ALPN names; none by default, as miners send none. */
	readonly protocols?: readonly string[];
	/** Offered groups, by OpenSSL's names; a post-quantum one makes the hello longer than a segment. */
	readonly groups?: string;
}

type Tls = NonNullable<Conversation["tls"]>;

/**
 * The same conversation inside TLS: Node's own endpoints run against each other in memory, and their output becomes the
 * messages, including handshake and close. Times are the script's, shifted by the round trips of the handshake. The
 * bytes differ from run to run because OpenSSL uses its own randomness; times and lengths do not.
 */
export async function insideTls(conversation: Conversation, options: TlsOptions): Promise<Conversation> {
	const { tls, latency = 0, closesAt } = conversation;
	if (tls === undefined) throw new RangeError(`${conversation.kind}: not a conversation inside TLS`);
	const session = await openUsual(tls, options);
	const messages = flightsOf(session.handshake, latency);
	const opened = secureAt(messages, tls.version, latency);
	const note = (at: number, written: readonly Written[]) => {
		for (const { from, bytes } of written) messages.push({ at: opened + at, from, length: bytes.length, bytes });
	};
	for (const { at, from, bytes } of conversation.messages) {
		if (bytes === undefined) throw new RangeError(`${conversation.kind}: a message without bytes`);
		note(at, await session.write(from, bytes));
	}
	const goodbye = await session.close();
	if (Number.isFinite(closesAt)) note(closesAt, goodbye);
	return { ...conversation, messages: messages.toSorted((a, b) => a.at - b.at), closesAt: opened + closesAt };
}

/**
 * A session whose tickets have one length. A ticket contains a random number in minimal encoding, so about one in a
 * hundred is a cipher block shorter. Such a session is discarded, because lengths must be reproducible.
 */
async function openUsual(tls: Tls, options: TlsOptions): Promise<TlsSession> {
	for (;;) {
		const session = await TlsSession.open(tls, options);
		const tickets = recordLengths(session.handshake.at(-1)!.bytes);
		if (tls.version === "TLSv1.2" || tickets.every((length) => length === tickets[0])) return session;
		await session.close();
	}
}

/** Two endpoints after their handshake. */
class TlsSession {
	readonly handshake: readonly Written[];
	readonly #wire: MemoryWire;
	readonly #ends: Readonly<Record<Message["from"], TLSSocket>>;

	private constructor(wire: MemoryWire, client: TLSSocket, server: TLSSocket) {
		this.#wire = wire;
		this.#ends = { client, server };
		this.handshake = wire.take();
	}

	static async open({ version, serverName }: Tls, options: TlsOptions): Promise<TlsSession> {
		const wire = new MemoryWire();
		const { certificate: cert, key } = options.certificate;
		const versions = { minVersion: version, maxVersion: version };
		const protocols = options.protocols && { ALPNProtocols: [...options.protocols] };
		const secureContext = createSecureContext({ cert, key, ...versions });
		const server = new TLSSocket(wire.server, { isServer: true, secureContext, ...protocols });
		const client = connect({
			socket: wire.client,
			rejectUnauthorized: false,
			ecdhCurve: options.groups ?? "X25519:P-256",
			...(serverName !== undefined && { servername: serverName }),
			...versions,
			...protocols,
		});
		await Promise.all([secured(client, "secureConnect"), secured(server, "secure")]);
		client.resume();
		server.resume();
		await wire.settle(() => true);
		return new TlsSession(wire, client, server);
	}

	/** Writes `bytes` and returns the resulting data on the wire, after the other end has read it. */
	async write(from: Message["from"], bytes: Uint8Array): Promise<Written[]> {
		const other = this.#ends[from === "client" ? "server" : "client"];
		let read = 0;
		const count = (data: Buffer) => {
			read += data.length;
		};
		other.on("data", count);
		this.#ends[from].write(bytes);
		await this.#wire.settle(() => read === bytes.length);
		other.off("data", count);
		other.resume();
		return this.#wire.take();
	}

	/** Ends the session and returns the client's closing data. */
	async close(): Promise<Written[]> {
		const { client, server } = this.#ends;
		client.end();
		await this.#wire.settle(() => client.writableFinished);
		const farewell = this.#wire.take().filter(({ from }) => from === "client");
		client.destroy();
		server.destroy();
		return farewell;
	}
}

/** Each flight leaves when the previous one has arrived. */
function flightsOf(written: readonly Written[], latency: number): Message[] {
	return written.map(({ from, bytes }, flight) => ({ at: flight * latency, from, length: bytes.length, bytes }));
}

/** The time when the client may write: with its last flight in TLS 1.3, after the server's last flight in TLS 1.2. */
function secureAt(handshake: readonly Message[], version: Tls["version"], latency: number): number {
	const flight = handshake.findLastIndex(({ from }) => from === "client");
	return (version === "TLSv1.3" ? flight : flight + 2) * latency;
}

function recordLengths(bytes: Uint8Array): number[] {
	const lengths: number[] = [];
	for (let at = 0; at + 5 <= bytes.length; at += 5 + lengths.at(-1)!)
		lengths.push((bytes[at + 3]! << 8) | bytes[at + 4]!);
	return lengths;
}

function secured(socket: TLSSocket, event: "secureConnect" | "secure"): Promise<void> {
	return new Promise((resolve, reject) => {
		socket.once(event, () => resolve());
		socket.once("error", reject);
	});
}
