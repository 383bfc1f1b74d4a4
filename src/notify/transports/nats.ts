import { connect, type NatsConnection } from "@nats-io/transport-node";
import { inContext } from "../../bytes/error.ts";
import { aborted } from "../aborted.ts";
import type { Secret } from "../secret.ts";
import type { Message, Transport } from "../transport.ts";
import type { TlsFiles } from "./tls-files.ts";

export interface NatsOptions {
	/** `host:port`. */
	readonly servers: readonly string[];
	readonly subject: string;
	readonly user?: string;
	readonly password?: Secret;
	readonly token?: Secret;
	readonly tls?: TlsFiles;
}

/** Publishes to a NATS subject. Resolves once a server has answered a flush, that is, has read the message. */
export class NatsTransport implements Transport {
	readonly #options: NatsOptions;
	#connection: NatsConnection | undefined;

	constructor(options: NatsOptions) {
		this.#options = options;
	}

	async send({ body }: Message, signal: AbortSignal): Promise<void> {
		const { servers, subject } = this.#options;
		try {
			await Promise.race([this.#publish(subject, body), aborted(signal)]);
		} catch (error) {
			await this.#drop();
			throw inContext(`nats ${servers.join(",")}`, error);
		}
	}

	async close(): Promise<void> {
		await this.#drop();
	}

	async #publish(subject: string, body: string): Promise<void> {
		const connection = await this.#connected();
		connection.publish(subject, body);
		await connection.flush();
	}

	async #connected(): Promise<NatsConnection> {
		if (this.#connection && !this.#connection.isClosed()) return this.#connection;
		const { servers, user, password, token, tls } = this.#options;
		const contents = tls?.read();
		this.#connection = await connect({
			servers: [...servers],
			name: "decrypto",
			timeout: 5000,
			// Delivery retries by itself.
			reconnect: false,
			...(user !== undefined && { user }),
			...(password && { pass: password.reveal() }),
			...(token && { token: token.reveal() }),
			...(contents && {
				tls: {
					...(contents.ca && { ca: contents.ca.toString() }),
					...(contents.cert && { cert: contents.cert.toString() }),
					...(contents.key && { key: contents.key.toString() }),
				},
			}),
		});
		return this.#connection;
	}

	async #drop(): Promise<void> {
		const connection = this.#connection;
		this.#connection = undefined;
		await connection?.close().catch(() => undefined);
	}
}
