import { inContext } from "../../bytes/error.ts";
import type { Incident, PoolOfIncident } from "../../incident/incident.ts";
import { openTrapOutput, type RecordOutput } from "../../nemea/index.ts";
import { aborted } from "../aborted.ts";
import {
	ALERT_TEMPLATE,
	type AlertRecord,
	encodeAlert,
	unirecAddress,
	unirecTime,
} from "../aggregator/alert-record.ts";
import type { Notification } from "../notification.ts";
import type { Message, Transport } from "../transport.ts";

/** Sends the record of the original's aggregator, one per pool, to a NEMEA interface: existing reporters read it. */
export class TrapTransport implements Transport {
	readonly #specifier: string;
	readonly #socketDirectory: string | undefined;
	#output: RecordOutput | undefined;

	constructor(specifier: string, socketDirectory?: string) {
		this.#specifier = specifier;
		this.#socketDirectory = socketDirectory;
	}

	/** Resolves when the interface has accepted the records. After a failure it is opened anew. */
	async send(message: Message, signal: AbortSignal): Promise<void> {
		try {
			await Promise.race([this.#sendRecords(message, signal), aborted(signal)]);
		} catch (error) {
			await this.close();
			throw inContext(this.#specifier, error);
		}
	}

	async close(): Promise<void> {
		const output = this.#output;
		this.#output = undefined;
		output?.hurry(0);
		await output?.close();
	}

	async #sendRecords({ notifications }: Message, signal: AbortSignal): Promise<void> {
		const output = await this.#opened();
		for (const notification of notifications) {
			for (const alert of alertsOf(notification)) {
				signal.throwIfAborted();
				const bytes = encodeAlert(alert);
				await output.send(bytes, 0, bytes.length);
			}
		}
		await output.flush();
	}

	async #opened(): Promise<RecordOutput> {
		if (this.#output) return this.#output;
		const directory = this.#socketDirectory;
		const output = await openTrapOutput(this.#specifier, directory === undefined ? {} : { socketDirectory: directory });
		await output.begin(ALERT_TEMPLATE);
		this.#output = output;
		return output;
	}
}

/** An incident's alerts: one per pool, with the counts of its signals. Client ports are many, so SRC_PORT is 0. */
export function alertsOf({ event }: Notification): AlertRecord[] {
	const { incident } = event;
	return incident.pools.map((pool) => alertOf(incident, pool, event.at));
}

function alertOf({ host }: Incident, pool: PoolOfIncident, at: number): AlertRecord {
	const flows = (...names: string[]): number =>
		pool.signals.reduce((sum, { signal, flows }) => sum + (names.includes(signal) ? flows : 0), 0);
	const first = unirecTime(pool.firstSeen);
	return {
		source: unirecAddress(host.address),
		destination: unirecAddress(pool.address),
		sourcePort: 0,
		destinationPort: pool.port,
		flows: BigInt(pool.flows),
		bytes: BigInt(pool.bytesToPool + pool.bytesToMiner),
		packets: BigInt(pool.packets),
		eventTime: first,
		ceaseTime: unirecTime(pool.lastSeen),
		detectTime: unirecTime(at),
		windowStart: first,
		windowEnd: unirecTime(pool.lastSeen),
		stratum: flows("payload"),
		dst: flows("server-name"),
		ml: flows("shape"),
		rotated: false,
		serverName: Buffer.from(pool.serverName ?? ""),
	};
}
