import type { SourceCounters } from "../bytes/counters.ts";
import { type BuilderOptions, FlowColumnsBuilder } from "../flow/columns-builder.ts";
import type { FlowColumns } from "../flow/flow-columns.ts";
import { UniflowPairing } from "../flow/uniflow-pairing.ts";
import { DatagramSessions } from "../ipfix/datagram-sessions.ts";
import type { ExporterReport } from "../ipfix/exporter-report.ts";
import { FlowDecoder } from "../ipfix/flow-decoder.ts";
import { whyNoMessage } from "../ipfix/message-framing.ts";
import type { Collection, Session } from "../ipfix/session.ts";
import { TemplateBudget } from "../ipfix/templates.ts";
import { decodeNetflowV5, NETFLOW_V5, type V5Sequence } from "./netflow-v5.ts";
import { SampledFlows } from "./sampled-flows.ts";
import { readSflowDatagram, SFLOW_V5 } from "./sflow-datagram.ts";

const NETFLOW_V9 = 9;
const IPFIX = 10;
const IPFIX_HEADER = 16;
const NETFLOW_V9_HEADER = 20;
const SFLOW_HEADER = 28;
/** Engines of version 5 exporters whose sequence numbers are followed; the one silent for longest is forgotten. */
const MOST_ENGINES = 4096;
/** How long a template lives over UDP that is not sent again, in ms: as the IPFIX listener's. */
const TEMPLATE_LIFETIME = 1800e3;
/** Microseconds between two looks at the flows of samples. */
const EXPIRY_INTERVAL = 10e6;
const COLUMNS: BuilderOptions = { extras: ["alpn", "ja3", "ja4", "quicServerName"], vlan: true };

/**
 * Flows of datagrams of any export protocol: NetFlow version 5 and 9, IPFIX, sFlow version 5. The version at the head of each
 * tells which. Records of one direction are paired.
 */
export class ExportDatagrams {
	readonly #counters: SourceCounters;
	readonly #report: ExporterReport;
	readonly #builder = new FlowColumnsBuilder(COLUMNS);
	readonly #pairing = new UniflowPairing();
	readonly #sessions: DatagramSessions;
	readonly #engines = new Map<string, V5Sequence>();
	readonly #sampled: SampledFlows;
	#lastExpiry = 0;
	#isPlainTold = false;

	constructor(counters: SourceCounters, report: ExporterReport) {
		this.#counters = counters;
		this.#report = report;
		const collection: Collection = {
			decoder: new FlowDecoder(this.#builder),
			counters,
			budget: new TemplateBudget(),
			templateLifetimeMs: TEMPLATE_LIFETIME,
			warn: (line) => report.warn(line),
		};
		this.#sessions = new DatagramSessions(
			collection,
			(session) => this.#endSession(session),
			(line) => report.warnAtTimes("sessions", line),
		);
		this.#sampled = new SampledFlows(this.#builder, counters);
	}

	/** Records decoded and not taken yet. */
	get waiting(): number {
		return this.#builder.length;
	}

	/** Decodes the datagram `bytes[begin … end)` of `exporter` (`ADDRESS port PORT`), which came at `time` (µs since the epoch). */
	receive(exporter: string, bytes: Uint8Array, begin: number, end: number, time: number): void {
		const version = end - begin < 4 ? -1 : (bytes[begin]! << 8) | bytes[begin + 1]!;
		const length = end - begin;
		if (version === NETFLOW_V5 || version === NETFLOW_V9) this.#tellPlain();
		if (version === NETFLOW_V9 && length >= NETFLOW_V9_HEADER)
			this.#sessions.of(exporter, time / 1e3).netflow9(bytes, begin, end, time / 1e3);
		else if (version === IPFIX && length >= IPFIX_HEADER) this.#receiveIpfix(exporter, bytes, begin, end, time / 1e3);
		else if (version === NETFLOW_V5) this.#receiveV5(exporter, bytes, begin, end);
		else if (isSflow(bytes, begin, end)) this.#receiveSflow(bytes, begin, end, time);
		else this.#report.refuse(exporter, "datagram of no known protocol", whyUnknown(version));
	}

	/** Exports the flows of samples that are over; a look at all of them now and then is enough. */
	#expireSampled(time: number): void {
		if (time - this.#lastExpiry < EXPIRY_INTERVAL) return;
		this.#lastExpiry = time;
		this.#sampled.expire(time);
	}

	/** The flows that are complete; valid until the next call of any method. */
	take(): FlowColumns {
		const flows = this.#pairing.add(this.#builder.columns());
		this.#builder.clear();
		return flows;
	}

	/** Flows that have ended by the clock: nothing came for so long (µs), and it is `time` now. */
	idle(microseconds: number, time: number): FlowColumns {
		this.#expireSampled(time);
		if (this.#builder.length > 0) return this.take();
		return this.#pairing.idle(microseconds);
	}

	/** The rest; take it in turns until both are empty. Tells losses. */
	*end(): Generator<FlowColumns> {
		this.#sampled.end();
		this.#sessions.end();
		if (this.#builder.length > 0) yield this.take();
		yield this.#pairing.end();
	}

	/** Once: what NetFlow leaves to judge flows by. */
	#tellPlain(): void {
		if (this.#isPlainTold) return;
		this.#isPlainTold = true;
		this.#report.warn(
			"NetFlow has no payload, names or packet lists: its flows are judged by pool lists (docs/inputs.md)",
		);
	}

	#receiveSflow(bytes: Uint8Array, begin: number, end: number, time: number): void {
		readSflowDatagram(bytes, begin, end, this.#counters, (sample) => this.#sampled.add(bytes, sample, time));
		this.#expireSampled(time);
	}

	#receiveIpfix(exporter: string, bytes: Uint8Array, begin: number, end: number, now: number): void {
		const problem = whyNoMessage(bytes, begin);
		const told = (bytes[begin + 2]! << 8) | bytes[begin + 3]!;
		if (problem !== undefined) this.#report.refuse(exporter, "no IPFIX message", problem);
		else if (told > end - begin) this.#report.count("message cut");
		else this.#sessions.of(exporter, now).message(bytes, begin, begin + told, now);
	}

	#receiveV5(exporter: string, bytes: Uint8Array, begin: number, end: number): void {
		// Each engine (type and identifier, bytes 20 and 21) counts for itself.
		const engine = `${exporter} ${bytes[begin + 20]} ${bytes[begin + 21]}`;
		const sequence = this.#engines.get(engine) ?? { expected: -1, lost: 0 };
		this.#engines.delete(engine);
		if (this.#engines.size >= MOST_ENGINES) this.#engines.delete(this.#engines.keys().next().value!);
		this.#engines.set(engine, sequence);
		decodeNetflowV5(bytes, begin, end, this.#builder, sequence, this.#counters);
	}

	#endSession(session: Session): void {
		this.#report.tellLosses(session);
		session.end();
	}
}

function isSflow(bytes: Uint8Array, begin: number, end: number): boolean {
	return (
		end - begin >= SFLOW_HEADER &&
		bytes[begin] === 0 &&
		bytes[begin + 1] === 0 &&
		bytes[begin + 2] === 0 &&
		bytes[begin + 3] === SFLOW_V5
	);
}

function whyUnknown(version: number): string {
	if (version < 0) return "a datagram shorter than a header";
	if (version === NETFLOW_V9 || version === IPFIX || version === 0) return "a datagram that is cut";
	if (version === 1 || version === 7 || version === 8) return `NetFlow v${version} is not read; export v9 or IPFIX`;
	return `version ${version} is none of NetFlow v5 and v9, IPFIX, sFlow v5`;
}
