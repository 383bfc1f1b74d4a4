import { createCounters, type SourceCounters } from "../bytes/counters.ts";
import { inContext, UsageError } from "../bytes/error.ts";
import { FlowColumnsBuilder } from "../flow/columns-builder.ts";
import type { FlowColumns } from "../flow/flow-columns.ts";
import type { FlowSource } from "../flow/flow-source.ts";
import type { Network } from "../flow/networks.ts";
import { AllowedExporters } from "./allowed-exporters.ts";
import { Arrivals, type Datagrams, type StreamPart } from "./arrivals.ts";
import { DatagramSessions } from "./datagram-sessions.ts";
import { ExporterReport } from "./exporter-report.ts";
import { FlowDecoder } from "./flow-decoder.ts";
import { IPFIX_COLUMNS } from "./ipfix-source.ts";
import { readIpfixAddress } from "./listen-address.ts";
import { MessageStream, whyNoMessage } from "./message-framing.ts";
import type { Receiver } from "./receiver.ts";
import { type Collection, Session } from "./session.ts";
import { receiveStreams, type TlsFiles } from "./stream-receiver.ts";
import { TemplateBudget } from "./templates.ts";
import { receiveUdp } from "./udp-receiver.ts";

export interface ListenOptions {
	/** Certificates; `ipfix+tls://` needs them. */
	readonly tls?: TlsFiles;
	/** Lifetime in seconds of a template over UDP that is not sent again; default 1800 (three times ipfixprobe's 600). */
	readonly templateLifetime?: number;
	/** The networks that exporters may send from; default: all. */
	readonly exporters?: readonly Network[];
	/** Seconds after which a silent connection (TCP, TLS) is closed; default 1800. */
	readonly idleTimeout?: number;
	/** Called with warnings that an operator should see at once; by default they go to the warnings of the counters. */
	readonly onWarning?: (line: string) => void;
}

const MAX_BATCH = 8192;

/**
 * Listens for exporters at `ipfix+udp://HOST:PORT`, `ipfix+tcp://…` or `ipfix+tls://…`, several in parallel, until
 * stopped. Resolves when it listens; throws if it cannot (address in use, no certificate).
 */
export async function listenForIpfix(name: string, options: ListenOptions = {}): Promise<IpfixListener> {
	const address = readIpfixAddress(name);
	if (address.transport === "tls" && !options.tls) throw new UsageError(`${name}: TLS needs a certificate and its key`);
	const listener = new IpfixListener(name, options);
	try {
		await listener.open(address.transport === "udp" ? undefined : options.tls);
	} catch (error) {
		throw inContext(name, error);
	}
	return listener;
}

export class IpfixListener implements FlowSource {
	readonly name: string;
	readonly counters: SourceCounters = createCounters();
	readonly #options: ListenOptions;
	readonly #arrivals = new Arrivals();
	readonly #builder = new FlowColumnsBuilder(IPFIX_COLUMNS);
	readonly #collection: Collection;
	readonly #streams = new Map<number, MessageStream>();
	readonly #datagramSessions: DatagramSessions;
	readonly #report: ExporterReport;
	#receiver: Receiver | undefined;

	constructor(name: string, options: ListenOptions) {
		this.name = name;
		this.#options = options;
		this.#report = new ExporterReport(name, "ipfix", this.counters, options.onWarning);
		this.#collection = {
			decoder: new FlowDecoder(this.#builder),
			counters: this.counters,
			budget: new TemplateBudget(),
			templateLifetimeMs: (options.templateLifetime ?? 1800) * 1000,
			warn: (line) => this.#report.warn(line),
		};
		this.#datagramSessions = new DatagramSessions(
			this.#collection,
			(session) => this.#end(session),
			(line) => this.#report.warnAtTimes("sessions", line),
		);
	}

	/** The port it listens at; useful if 0 was requested. */
	get port(): number {
		return this.#receiver?.port ?? 0;
	}

	async open(tls: TlsFiles | undefined): Promise<void> {
		const address = readIpfixAddress(this.name);
		const sessionOf = (exporter: string) => new Session(exporter, this.#collection, false);
		this.#receiver =
			address.transport === "udp"
				? await receiveUdp(address, this.#arrivals, (line) => this.#report.warn(line), this.#options.exporters)
				: await receiveStreams(address, this.#arrivals, sessionOf, {
						...(address.transport === "tls" && tls && { tls }),
						allowed: new AllowedExporters(this.#options.exporters),
						idleMs: (this.#options.idleTimeout ?? 1800) * 1000,
						refused: (reason, line) => {
							this.#report.count(reason);
							this.#report.warnAtTimes(reason, line);
						},
					});
	}

	async *[Symbol.asyncIterator](): AsyncGenerator<FlowColumns> {
		const builder = this.#builder;
		try {
			while (await this.#arrivals.some()) {
				for (const moreWaits of this.#decodable()) {
					if (builder.length === 0 || (moreWaits && builder.length < MAX_BATCH)) continue;
					this.counters.flows += builder.length;
					yield builder.columns();
					builder.clear();
				}
			}
		} finally {
			this.stop();
			this.#datagramSessions.end();
		}
	}

	stop(): void {
		this.#receiver?.stop();
	}

	async [Symbol.asyncDispose](): Promise<void> {
		this.stop();
	}

	/** Decodes the queued arrivals; yields true after about each message, false when the queue is empty. */
	*#decodable(): Generator<boolean> {
		for (let arrival = this.#arrivals.take(); arrival; arrival = this.#arrivals.take()) {
			this.#receiver?.taken(arrival);
			this.counters.bytesRead += arrival.bytes.length;
			if (arrival.kind === "stream") {
				this.#decodeStream(arrival);
				yield true;
			} else yield* this.#decodeDatagrams(arrival);
		}
		yield false;
	}

	#decodeStream({ connection, session, bytes, last }: StreamPart): void {
		let stream = this.#streams.get(connection);
		if (stream === undefined && !last && !this.#report.hasRefused(session.name)) {
			stream = new MessageStream();
			this.#streams.set(connection, stream);
		}
		const now = Date.now();
		const problem = stream?.receive(bytes, (from, begin, end) => session.message(from, begin, end, now));
		if (problem !== undefined) {
			// The start of the next message is unknown: the rest of this connection is not read.
			this.#refuse(session.name, problem);
			this.#streams.delete(connection);
		}
		if (!last) return;
		if (stream && stream.pending > 0 && problem === undefined) this.#report.count("message cut");
		this.#streams.delete(connection);
		this.#report.forget(session.name);
		this.#end(session);
	}

	*#decodeDatagrams(arrival: Datagrams): Generator<boolean> {
		const { bytes, ends, senders, exporters } = arrival;
		this.#report.countDrops(arrival);
		const now = Date.now();
		let begin = 0;
		for (let k = 0; k < ends.length; k++) {
			const end = ends[k]!;
			this.#decodeDatagram(exporters[senders[k]!]!, bytes, begin, end, now);
			begin = end;
			yield true;
		}
	}

	/** A datagram is one message in practice, though more are allowed (RFC 7011, 10.3.3). */
	#decodeDatagram(exporter: string, bytes: Uint8Array, begin: number, end: number, now: number): void {
		for (let at = begin; at < end; ) {
			const problem = end - at < 16 ? "datagram shorter than a header" : whyNoMessage(bytes, at);
			if (problem !== undefined) {
				this.#refuse(exporter, problem);
				return;
			}
			const next = at + ((bytes[at + 2]! << 8) | bytes[at + 3]!);
			if (next > end) {
				this.#report.count("message cut");
				return;
			}
			this.#datagramSessions.of(exporter, now).message(bytes, at, next, now);
			at = next;
		}
	}

	#end(session: Session): void {
		this.#report.tellLosses(session);
		session.end();
	}

	/** Data that are not IPFIX are counted, and reported once per exporter. */
	#refuse(exporter: string, problem: string): void {
		const reason = problem.startsWith("NetFlow") ? "NetFlow refused" : "no IPFIX message";
		this.#report.refuse(exporter, reason, problem);
	}
}
