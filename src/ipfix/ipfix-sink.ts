import { setTimeout as sleep } from "node:timers/promises";
import { DeCryptoError, inContext } from "../bytes/error.ts";
import type { FlowColumns } from "../flow/flow-columns.ts";
import type { FlowSink } from "../flow/flow-sink.ts";
import { isIpfixAddress, readIpfixAddress } from "./listen-address.ts";
import { MAX_MESSAGE, MessageEncoder } from "./message-encoder.ts";
import { connectToCollector, type MessageOutput, openDatagrams, openMessageFile } from "./message-outputs.ts";
import type { TlsFiles } from "./stream-receiver.ts";

export interface ExportOptions {
	/** For `ipfix+tls`: our certificate and key, and the authority of the collector's certificate. */
	readonly tls?: Partial<TlsFiles>;
	/** Called when a connection is lost and when it is restored. */
	readonly onWarning?: (line: string) => void;
}

/**
 * Bytes of a datagram that is not fragmented on its way, as in the reference exporter; a stream has longer messages.
 */
const DATAGRAM = 1458;
/** The maximum of UDP over IPv4. */
const MAX_DATAGRAM = 65_507;
const STREAM_MESSAGE = 16_384;
/** Over UDP, templates are sent again at this interval (ipfixprobe: 600 s). */
const TEMPLATE_REFRESH_MS = 600_000;
const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 10_000;

/**
 * Exports flows to `ipfix+tcp://HOST:PORT`, `ipfix+tls://…`, `ipfix+udp://…` or, with any other name, to an IPFIX file.
 * Resolves when connected; throws if that fails. A connection lost later is opened again, and flows wait for it;
 * messages in transit at that moment are lost (IPFIX has no acknowledgement).
 */
export async function createIpfixSink(target: string, options: ExportOptions = {}): Promise<FlowSink> {
	const sink = new IpfixSink(target, options);
	await sink.open();
	return sink;
}

class IpfixSink implements FlowSink {
	readonly #target: string;
	readonly #options: ExportOptions;
	readonly #encoder: MessageEncoder;
	readonly #isDatagrams: boolean;
	readonly #isConnection: boolean;
	#output!: MessageOutput;
	#templatesSent = 0;

	constructor(target: string, options: ExportOptions) {
		this.#target = target;
		this.#options = options;
		const transport = isIpfixAddress(target) ? readIpfixAddress(target).transport : undefined;
		this.#isDatagrams = transport === "udp";
		this.#isConnection = transport === "tcp" || transport === "tls";
		const send = (message: Uint8Array) => this.#output.write(message);
		this.#encoder = this.#isDatagrams
			? new MessageEncoder(DATAGRAM, MAX_DATAGRAM, send)
			: new MessageEncoder(STREAM_MESSAGE, MAX_MESSAGE, send);
	}

	async open(): Promise<void> {
		try {
			if (this.#isDatagrams) this.#output = await openDatagrams(readIpfixAddress(this.#target));
			else if (this.#isConnection) {
				this.#output = await connectToCollector(readIpfixAddress(this.#target), this.#options.tls);
			} else this.#output = openMessageFile(this.#target);
		} catch (error) {
			throw this.#isDatagrams || this.#isConnection ? inContext(this.#target, error) : error;
		}
		this.#templatesSent = Date.now();
	}

	async write(flows: FlowColumns, positions?: Uint32Array): Promise<void> {
		if (this.#output.broken !== undefined) await this.#reopen();
		const now = Date.now();
		const exportTime = Math.floor(now / 1000);
		if (this.#isDatagrams && now - this.#templatesSent > TEMPLATE_REFRESH_MS) {
			this.#encoder.repeatTemplates(exportTime);
			this.#templatesSent = now;
		}
		this.#encoder.add(flows, positions, exportTime);
		// The rest of a batch is sent at once: a flow must not wait for the next batch.
		this.#encoder.flush(exportTime);
		await this.#output.drained();
	}

	async close(): Promise<void> {
		const { tooLong } = this.#encoder;
		if (tooLong > 0)
			this.#options.onWarning?.(`${this.#target}: ${tooLong} flows left out: longer than an IPFIX message`);
		try {
			await this.#output.close();
		} catch (error) {
			throw this.#isDatagrams || this.#isConnection ? inContext(this.#target, error) : error;
		}
	}

	async #reopen(): Promise<void> {
		const { broken } = this.#output;
		if (!this.#isConnection) throw new DeCryptoError("failed", `${this.#target}: ${broken}`);
		this.#options.onWarning?.(`${this.#target}: ${broken}; trying again`);
		for (let wait = FIRST_RETRY_MS; ; wait = Math.min(2 * wait, LAST_RETRY_MS)) {
			await sleep(wait);
			try {
				await this.open();
				break;
			} catch {}
		}
		this.#encoder.restart(Math.floor(Date.now() / 1000));
		this.#options.onWarning?.(`${this.#target}: connected again`);
	}
}
