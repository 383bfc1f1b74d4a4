import { connect, isIP, type Socket } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";
import type { MiningProtocol } from "../mining/index.ts";
import { judgeAnswer, type ProvenPool } from "./judge-answer.ts";

/** One request to one server. */
export interface Probe {
	readonly address: string;
	readonly port: number;
	readonly tls: boolean;
	/** Host name for SNI, if the list has one. */
	readonly serverName?: string;
	readonly protocol: MiningProtocol;
	readonly id: number;
	readonly request: string;
	/** Milliseconds for the connection, and the same again for the answer. */
	readonly timeout: number;
}

/** The outcome of a probe. */
export type ProbeOutcome =
	| {
			readonly kind: "verified";
			readonly proven: ProvenPool;
			/** From the first packet to the answer, ms. */
			readonly latency: number;
			readonly certificateNames: readonly string[];
	  }
	/** It answered something else, or too much. */
	| { readonly kind: "no-pool" }
	/** It accepted the connection and did not answer in time. */
	| { readonly kind: "silent" }
	| { readonly kind: "closed" }
	| { readonly kind: "no-tls" }
	/** No connection: no other attempt on this port is needed. */
	| { readonly kind: "unreachable"; readonly reason: string };

/** Most bytes of an answer that are read; the first answer of a pool is shorter. */
const MAX_ANSWER = 32_768;
const MAX_CERTIFICATE_NAMES = 20;

/**
 * Connects, sends the request, and judges the received bytes until they prove a pool, the server closes, or `timeout`
 * ms have passed since the connection was established, however slowly bytes arrive. Always closes the connection; never
 * rejects.
 */
export function probe(question: Probe, signal?: AbortSignal): Promise<ProbeOutcome> {
	return new Promise((resolve) => new Exchange(question, resolve, signal).begin());
}

class Exchange {
	readonly #question: Probe;
	readonly #resolve: (outcome: ProbeOutcome) => void;
	readonly #signal: AbortSignal | undefined;
	readonly #socket: Socket;
	#answer = EMPTY;
	#used = 0;
	#begun = 0;
	#stage: "connecting" | "shaking hands" | "asked" = "connecting";
	#timer: NodeJS.Timeout | undefined;
	#done = false;

	constructor(question: Probe, resolve: (outcome: ProbeOutcome) => void, signal?: AbortSignal) {
		this.#question = question;
		this.#resolve = resolve;
		this.#signal = signal;
		this.#socket = connect({ host: question.address, port: question.port, autoSelectFamily: false });
	}

	begin(): void {
		this.#begun = performance.now();
		this.#signal?.addEventListener("abort", this.#aborted);
		this.#watch(this.#socket);
		this.#restartTimer();
		this.#socket.once("connect", () => (this.#question.tls ? this.#shakeHands() : this.#ask(this.#socket)));
	}

	#shakeHands(): void {
		this.#stage = "shaking hands";
		this.#restartTimer();
		const { serverName } = this.#question;
		// Any certificate is accepted: the proof is that a pool answers, not whose pool it is.
		const secure = connectTls({
			socket: this.#socket,
			rejectUnauthorized: false,
			minVersion: "TLSv1",
			ciphers: "DEFAULT@SECLEVEL=0",
			...(serverName !== undefined && isIP(serverName) === 0 && { servername: serverName }),
		});
		this.#watch(secure);
		secure.once("secureConnect", () => this.#ask(secure));
	}

	#ask(stream: Socket): void {
		this.#stage = "asked";
		this.#answer = Buffer.allocUnsafe(MAX_ANSWER);
		this.#restartTimer();
		stream.on("data", (chunk: Buffer) => this.#take(stream, chunk));
		stream.once("end", () => this.#finish({ kind: "closed" }, stream));
		stream.write(this.#question.request);
	}

	#take(stream: Socket, chunk: Buffer): void {
		if (this.#done) return;
		this.#used += chunk.copy(this.#answer, this.#used);
		const full = this.#used === MAX_ANSWER;
		// A message is judged when a line or an object may have ended: a server that sends byte by byte costs no more.
		if (full || chunk.includes(LINE_FEED) || chunk.includes(CLOSING_BRACE)) this.#judge(stream);
		if (full) this.#finish({ kind: "no-pool" }, stream);
	}

	#judge(stream: Socket): void {
		const { protocol, id } = this.#question;
		const proven = judgeAnswer(this.#answer.subarray(0, this.#used), protocol, id);
		if (!proven) return;
		const latency = Math.round(performance.now() - this.#begun);
		const certificateNames = this.#question.tls ? namesOf(stream as TLSSocket) : [];
		this.#finish({ kind: "verified", proven, latency, certificateNames }, stream);
	}

	#watch(stream: Socket): void {
		stream.on("error", (error: NodeJS.ErrnoException) => this.#failed(error.code ?? "error"));
		stream.once("close", () => this.#failed("closed"));
	}

	#failed(reason: string): void {
		if (this.#stage === "connecting") this.#finish({ kind: "unreachable", reason });
		else if (this.#stage === "shaking hands") this.#finish({ kind: "no-tls" });
		else this.#finish({ kind: this.#used > 0 ? "no-pool" : "closed" });
	}

	#restartTimer(): void {
		clearTimeout(this.#timer);
		this.#timer = setTimeout(() => {
			if (this.#stage === "connecting") this.#finish({ kind: "unreachable", reason: "timeout" });
			else if (this.#stage === "shaking hands") this.#finish({ kind: "no-tls" });
			else this.#finish({ kind: this.#used > 0 ? "no-pool" : "silent" });
		}, this.#question.timeout);
	}

	readonly #aborted = (): void => this.#finish({ kind: "unreachable", reason: "interrupted" });

	#finish(outcome: ProbeOutcome, stream?: Socket): void {
		if (this.#done) return;
		// The bytes before the end may be a complete answer without a line feed.
		if (stream && outcome.kind === "closed" && this.#used > 0) {
			this.#judge(stream);
			if (this.#done) return;
		}
		this.#done = true;
		clearTimeout(this.#timer);
		this.#signal?.removeEventListener("abort", this.#aborted);
		stream?.destroy();
		this.#socket.destroy();
		this.#resolve(outcome.kind === "closed" && this.#used > 0 ? { kind: "no-pool" } : outcome);
	}
}

const EMPTY = Buffer.alloc(0);
const LINE_FEED = 0x0a;
const CLOSING_BRACE = 0x7d;

/** Common name and DNS names of the server's certificate, printable and bounded: the server chooses them. */
function namesOf(socket: TLSSocket): string[] {
	const certificate = socket.getPeerCertificate();
	const alternatives = (certificate.subjectaltname ?? "").split(", ").filter((name) => name.startsWith("DNS:"));
	const common: unknown = certificate.subject?.CN;
	const names = [typeof common === "string" ? common : "", ...alternatives.map((name) => name.slice(4))];
	return [...new Set(names)].filter((name) => /^[\w.*-]{1,253}$/.test(name)).slice(0, MAX_CERTIFICATE_NAMES);
}
