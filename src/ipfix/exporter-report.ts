import { countMalformed, type SourceCounters } from "../bytes/counters.ts";
import type { Datagrams } from "./arrivals.ts";
import type { Session } from "./session.ts";

/** Exporters whose refusal is remembered, so that each is reported once. */
const MAX_REFUSED = 1024;
/** Interval after which a warning of the same kind is repeated while its cause persists. */
const WARNING_MS = 60_000;
const MAX_WARNINGS = 100;

/** Counts and warnings of a collecting process: refusals once per exporter, drops at most once a minute per kind. */
export class ExporterReport {
	readonly #name: string;
	readonly #protocol: string;
	readonly #counters: SourceCounters;
	readonly #onWarning: ((line: string) => void) | undefined;
	readonly #warned = new Map<string, number>();
	readonly #refused = new Set<string>();

	/**
	 * `name` is the listener's, `protocol` the prefix of its counters. Warnings go to `onWarning`, else to the counters.
	 */
	constructor(name: string, protocol: string, counters: SourceCounters, onWarning?: (line: string) => void) {
		this.#name = name;
		this.#protocol = protocol;
		this.#counters = counters;
		this.#onWarning = onWarning;
	}

	/** Counts unreadable data of an exporter under `reason`, and reports `problem` once per exporter. */
	refuse(exporter: string, reason: string, problem: string): void {
		this.count(reason);
		if (this.#refused.has(exporter) || this.#refused.size >= MAX_REFUSED) return;
		this.#refused.add(exporter);
		this.warn(`exporter ${exporter}: ${problem}`);
	}

	hasRefused(exporter: string): boolean {
		return this.#refused.has(exporter);
	}

	forget(exporter: string): void {
		this.#refused.delete(exporter);
	}

	countDrops({ dropped, droppedByKernel, refused }: Datagrams): void {
		const places: [times: number, reason: string, line: string][] = [
			[dropped, "datagram dropped, too many waited", "datagrams are dropped: they come faster than they are decoded"],
			[droppedByKernel, "datagram dropped by the kernel", "the kernel drops datagrams: its receive buffer is full"],
			[
				refused,
				"datagram of an exporter that is not allowed",
				"datagrams of exporters that are not allowed are dropped",
			],
		];
		for (const [times, reason, line] of places) {
			if (times === 0) continue;
			this.count(reason, times);
			this.warnAtTimes(reason, line);
		}
	}

	/** Reports the losses of a session that ends. */
	tellLosses(session: Session): void {
		for (const { domain, lost, unit } of session.losses())
			this.warn(`exporter ${session.name}, observation domain ${domain}: ${lost} ${unit} were lost on the way`);
	}

	/** Warns at the first occurrence, and again every minute while it continues. */
	warnAtTimes(kind: string, line: string): void {
		const now = Date.now();
		if (now - (this.#warned.get(kind) ?? Number.NEGATIVE_INFINITY) < WARNING_MS) return;
		this.#warned.set(kind, now);
		this.warn(line);
	}

	count(reason: string, times = 1): void {
		countMalformed(this.#counters, `${this.#protocol}: ${reason}`, times);
	}

	warn(line: string): void {
		if (this.#onWarning) this.#onWarning(`${this.#name}: ${line}`);
		else if (this.#counters.warnings.length < MAX_WARNINGS) this.#counters.warnings.push(`${this.#name}: ${line}`);
	}
}
