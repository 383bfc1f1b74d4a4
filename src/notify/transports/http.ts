import { createHmac } from "node:crypto";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { DeCryptoError, inContext } from "../../bytes/error.ts";
import type { Secret } from "../secret.ts";
import { type Message, RejectedError, type Transport } from "../transport.ts";
import type { TlsFiles } from "./tls-files.ts";

export interface HttpOptions {
	readonly headers?: Readonly<Record<string, string | Secret>>;
	/** Key of the HMAC-SHA-256 over the body, sent as `X-DeCrypto-Signature: sha256=…`. */
	readonly hmac?: Secret;
	readonly tls?: TlsFiles;
}

/** Of an answer we read this much, for the error message; the rest is not wanted. */
const ANSWER_MAX = 4096;

/** HTTP(S) POST. An answer of 2xx counts as delivered; redirects are refused, because they would leak secrets elsewhere. */
export class HttpTransport implements Transport {
	readonly #url: URL;
	readonly #options: HttpOptions;

	constructor(url: URL, options: HttpOptions = {}) {
		this.#url = url;
		this.#options = options;
	}

	async send(message: Message, signal: AbortSignal): Promise<void> {
		try {
			const { status, text } = await this.#post(message, signal);
			if (status >= 200 && status < 300) return;
			throw httpError(status, text);
		} catch (error) {
			if (error instanceof RejectedError) throw error;
			// Without path and query: webhooks carry their token there.
			throw inContext(this.#url.origin, error);
		}
	}

	async close(): Promise<void> {}

	#post({ body, contentType, notifications }: Message, signal: AbortSignal): Promise<{ status: number; text: string }> {
		const bytes = Buffer.from(body);
		const { headers = {}, hmac, tls } = this.#options;
		const request = this.#url.protocol === "https:" ? httpsRequest : httpRequest;
		return new Promise((resolve, reject) => {
			const outgoing = request(
				this.#url,
				{
					method: "POST",
					signal,
					headers: {
						"content-type": contentType,
						"content-length": bytes.length,
						"user-agent": "decrypto",
						"x-decrypto-notification": notifications[0]!.id,
						...revealed(headers),
						...(hmac && { "x-decrypto-signature": signature(hmac, bytes) }),
					},
					...tls?.read(),
				},
				(answer) => void readAnswer(answer).then(resolve, reject),
			);
			outgoing.on("error", reject);
			outgoing.end(bytes);
		});
	}
}

/** What receivers compare with the header `X-DeCrypto-Signature`. */
function signature(key: Secret, body: Uint8Array): string {
	return `sha256=${createHmac("sha256", key.reveal()).update(body).digest("hex")}`;
}

function revealed(headers: Readonly<Record<string, string | Secret>>): Record<string, string> {
	return Object.fromEntries(
		Object.entries(headers).map(([name, value]) => [name, typeof value === "string" ? value : value.reveal()]),
	);
}

async function readAnswer(answer: IncomingMessage): Promise<{ status: number; text: string }> {
	const chunks: Buffer[] = [];
	let length = 0;
	for await (const chunk of answer as AsyncIterable<Buffer>) {
		chunks.push(chunk);
		length += chunk.length;
		// Leaving the loop destroys the connection: an endless answer ends here.
		if (length >= ANSWER_MAX) break;
	}
	return { status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString("utf8", 0, ANSWER_MAX) };
}

/** 4xx refuse this message, except those that speak of time, identity or the whole service. */
function httpError(status: number, text: string): Error {
	const words = `answered HTTP ${status}${text === "" ? "" : `: ${JSON.stringify(text.slice(0, 200))}`}`;
	if (status >= 300 && status < 400) return new DeCryptoError("http", `${words}; redirects are refused`, { status });
	const passing = [401, 403, 404, 405, 407, 408, 425, 429];
	if (status >= 400 && status < 500 && !passing.includes(status)) return new RejectedError(words);
	return new DeCryptoError("http", words, { status });
}
