import { createCounters, type SourceCounters } from "../bytes/counters.ts";
import { inContext } from "../bytes/error.ts";
import { within } from "../bytes/within.ts";
import type { FlowColumns } from "../flow/flow-columns.ts";
import type { FlowSource } from "../flow/flow-source.ts";
import type { Network } from "../flow/networks.ts";
import { Arrivals, type Datagrams } from "../ipfix/arrivals.ts";
import { ExporterReport } from "../ipfix/exporter-report.ts";
import type { Receiver } from "../ipfix/receiver.ts";
import { receiveUdp } from "../ipfix/udp-receiver.ts";
import { readExportAddress } from "./export-address.ts";
import { ExportDatagrams } from "./export-datagrams.ts";

export interface ExportListenOptions {
	/** The networks that exporters may send from; all where left out. */
	readonly exporters?: readonly Network[];
	/** Told of what an operator should know at once; otherwise it is among the warnings of the counters. */
	readonly onWarning?: (line: string) => void;
}

const MAX_BATCH = 8192;
/** How often flows are ended by the clock, in ms. */
const TICK = 1000;

/**
 * Listens for exporters at `netflow+udp://HOST:PORT` or `sflow+udp://HOST:PORT` until stopped; the two differ in the port that
 * may be left out, for each datagram says what it is. Resolves when it listens; throws where it cannot.
 */
export async function listenForExports(name: string, options: ExportListenOptions = {}): Promise<ExportListener> {
	const address = readExportAddress(name);
	const listener = new ExportListener(name, options);
	try {
		await listener.open(address);
	} catch (error) {
		throw inContext(name, error);
	}
	return listener;
}

export class ExportListener implements FlowSource {
	readonly name: string;
	readonly counters: SourceCounters = createCounters();
	readonly #options: ExportListenOptions;
	readonly #arrivals = new Arrivals();
	readonly #report: ExporterReport;
	readonly #datagrams: ExportDatagrams;
	#receiver: Receiver | undefined;

	constructor(name: string, options: ExportListenOptions) {
		this.name = name;
		this.#options = options;
		this.#report = new ExporterReport(name, "netflow", this.counters, options.onWarning);
		this.#datagrams = new ExportDatagrams(this.counters, this.#report);
	}

	/** The port it listens at: of interest where 0 was asked for. */
	get port(): number {
		return this.#receiver?.port ?? 0;
	}

	async open({ host, port }: { host: string; port: number }): Promise<void> {
		const warn = (line: string) => this.#report.warn(line);
		this.#receiver = await receiveUdp({ transport: "udp", host, port }, this.#arrivals, warn, this.#options.exporters);
	}

	async *[Symbol.asyncIterator](): AsyncGenerator<FlowColumns> {
		try {
			let coming = this.#arrivals.some();
			for (let isWaiting = true; isWaiting; ) {
				const outcome = await within(coming, TICK);
				if (outcome === undefined) yield* this.#counted(this.#datagrams.idle(TICK * 1e3, Date.now() * 1e3));
				else if (outcome) {
					yield* this.#decodeArrivals();
					coming = this.#arrivals.some();
				} else isWaiting = false;
			}
			for (const flows of this.#datagrams.end()) yield* this.#counted(flows);
		} finally {
			this.stop();
		}
	}

	stop(): void {
		this.#receiver?.stop();
	}

	async [Symbol.asyncDispose](): Promise<void> {
		this.stop();
	}

	*#decodeArrivals(): Generator<FlowColumns> {
		for (let arrival = this.#arrivals.take(); arrival; arrival = this.#arrivals.take()) {
			this.#receiver?.taken(arrival);
			this.counters.bytesRead += arrival.bytes.length;
			if (arrival.kind === "datagrams") yield* this.#decode(arrival);
		}
		yield* this.#counted(this.#datagrams.take());
	}

	*#decode(arrival: Datagrams): Generator<FlowColumns> {
		const { bytes, ends, senders, exporters } = arrival;
		this.#report.countDrops(arrival);
		const time = Date.now() * 1e3;
		let begin = 0;
		for (let k = 0; k < ends.length; k++) {
			this.#datagrams.receive(exporters[senders[k]!]!, bytes, begin, ends[k]!, time);
			begin = ends[k]!;
			if (this.#datagrams.waiting >= MAX_BATCH) yield* this.#counted(this.#datagrams.take());
		}
	}

	*#counted(flows: FlowColumns): Generator<FlowColumns> {
		if (flows.length === 0) return;
		this.counters.flows += flows.length;
		yield flows;
	}
}
