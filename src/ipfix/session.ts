import { countMalformed, type SourceCounters } from "../bytes/counters.ts";
import { ByteCursor } from "../bytes/cursor.ts";
import { ExporterOptions } from "./exporter-options.ts";
import type { FlowDecoder } from "./flow-decoder.ts";
import type { Template } from "./template.ts";
import { type TemplateBudget, Templates } from "./templates.ts";

export const MESSAGE_HEADER = 16;
export const IPFIX_VERSION = 10;
/** Most observation domains per exporter. */
const MAX_DOMAINS = 1024;
const TEMPLATE_SET = 2;
const OPTIONS_TEMPLATE_SET = 3;
const FIRST_DATA_SET = 256;
/** Sequence numbers count modulo 2^32; a difference above half of that means an older number (RFC 1982). */
const SEQUENCE_MODULUS = 2 ** 32;
/**
 * Source identifiers of NetFlow version 9 have their own templates and sequence numbers: this offset separates them.
 */
const NETFLOW_9_DOMAINS = 2 ** 32;
const NETFLOW_9_TEMPLATES = 0;
const NETFLOW_9_OPTIONS = 1;

/** The shared state of the sessions of one source. */
export interface Collection {
	readonly decoder: FlowDecoder;
	readonly counters: SourceCounters;
	readonly budget: TemplateBudget;
	/** Called with warnings that an operator should see at once. */
	readonly warn?: (line: string) => void;
	/** Over UDP: lifetime in ms of a template that is not sent again. */
	readonly templateLifetimeMs: number;
}

interface Domain {
	readonly templates: Templates;
	readonly options: ExporterOptions;
	/** The next message's sequence number, or -1 if unknown. */
	expected: number;
	lost: number;
	/** The unit of sequence numbers: records, or datagrams in NetFlow version 9. */
	readonly unit: "records" | "datagrams";
}

/** The facts in the header of a message about its times. */
interface MessageTimes {
	/** Seconds. */
	readonly exportTime: number;
	/** Start of the exporter in microseconds; 0 if the header does not have it. */
	readonly initTime: number;
	/** Time of arrival in ms. */
	readonly now: number;
	readonly isNetflow9: boolean;
}

/**
 * A transport session (RFC 7011, 2): one exporter's connection, or address and port. It keeps templates and sequence
 * numbers per observation domain; flows go to the decoder of the collection.
 */
export class Session {
	/** The exporter's name in messages to the user. */
	readonly name: string;
	readonly #collection: Collection;
	readonly #lifetimeMs: number;
	readonly #budget: TemplateBudget;
	readonly #makeRoom: ((count: number) => boolean) | undefined;
	readonly #domains = new Map<number, Domain>();
	#timeBaseMissed = false;
	/** Flow records decoded so far. */
	flows = 0;
	readonly #cursor = new ByteCursor();

	/** `budget` is this exporter's part of the collection's; `makeRoom` frees fields of other exporters. */
	constructor(
		name: string,
		collection: Collection,
		datagrams: boolean,
		budget = collection.budget,
		makeRoom?: (count: number) => boolean,
	) {
		this.name = name;
		this.#budget = budget;
		this.#makeRoom = makeRoom;
		this.#collection = collection;
		this.#lifetimeMs = datagrams ? collection.templateLifetimeMs : Number.POSITIVE_INFINITY;
	}

	/** Decodes the message `bytes[begin … end)`, whose version and length are already checked. `now` is in ms. */
	message(bytes: Uint8Array, begin: number, end: number, now: number): void {
		const cursor = this.#cursor.reset(bytes, begin + 4, end);
		const exportTime = cursor.u32();
		const sequence = cursor.u32();
		const domain = this.#domain(cursor.u32(), "records");
		if (domain === undefined) return;
		this.#checkSequence(domain, sequence);
		const records = this.#sets(cursor, domain, { exportTime, initTime: 0, now, isNetflow9: false });
		domain.expected = records < 0 ? -1 : (sequence + records) % SEQUENCE_MODULUS;
	}

	/**
	 * Decodes a datagram of NetFlow version 9 (RFC 3954, 5), whose version is already checked. Its header has the
	 * exporter's uptime and clock, the base of the times of flows.
	 */
	netflow9(bytes: Uint8Array, begin: number, end: number, now: number): void {
		const cursor = this.#cursor.reset(bytes, begin + 4, end);
		const uptime = cursor.u32();
		const exportTime = cursor.u32();
		const sequence = cursor.u32();
		const domain = this.#domain(cursor.u32() + NETFLOW_9_DOMAINS, "datagrams");
		if (domain === undefined) return;
		this.#checkSequence(domain, sequence);
		this.#sets(cursor, domain, { exportTime, initTime: exportTime * 1e6 - uptime * 1e3, now, isNetflow9: true });
		domain.expected = (sequence + 1) % SEQUENCE_MODULUS;
	}

	/** The losses on the way, per observation domain with losses. */
	losses(): { domain: number; lost: number; unit: Domain["unit"] }[] {
		return [...this.#domains].flatMap(([key, { lost, unit }]) =>
			lost > 0 ? [{ domain: key % NETFLOW_9_DOMAINS, lost, unit }] : [],
		);
	}

	/** Number of template fields kept for it. */
	get templateFields(): number {
		let fields = 0;
		for (const { templates } of this.#domains.values()) fields += templates.fields;
		return fields;
	}

	/** Removes expired templates. */
	sweep(now: number): void {
		for (const { templates } of this.#domains.values()) templates.sweep(now);
	}

	/** Removes its templates; an ended session holds nothing. */
	end(): void {
		for (const { templates } of this.#domains.values()) templates.clear();
	}

	/** Decodes the sets up to the end of the message; returns the number of data records, or -1 if unknown. */
	#sets(cursor: ByteCursor, domain: Domain, message: MessageTimes): number {
		let records = 0;
		while (cursor.remaining > 0) {
			const id = cursor.u16();
			const length = cursor.u16();
			if (cursor.failed || length < 4 || length - 4 > cursor.remaining) {
				this.#count("set cut");
				return -1;
			}
			const outer = cursor.enter(length - 4);
			if (id >= FIRST_DATA_SET) {
				const found = this.#dataSet(cursor, domain, id, message);
				records = found < 0 || records < 0 ? -1 : records + found;
			} else this.#otherSet(cursor, domain.templates, id, message);
			cursor.failed = false;
			cursor.leave(outer);
		}
		return records;
	}

	#otherSet(cursor: ByteCursor, templates: Templates, id: number, { isNetflow9, now }: MessageTimes): void {
		const isTemplates = id === (isNetflow9 ? NETFLOW_9_TEMPLATES : TEMPLATE_SET);
		if (!isTemplates && id !== (isNetflow9 ? NETFLOW_9_OPTIONS : OPTIONS_TEMPLATE_SET)) {
			this.#count("set of a reserved number");
			return;
		}
		// Bytes shorter than a template record are padding (RFC 7011, 3.3.1).
		while (cursor.remaining >= 4) {
			const problem = isNetflow9 ? templates.readNetflow9(cursor, isTemplates, now) : templates.read(cursor, id, now);
			if (problem !== undefined) this.#count(problem);
		}
	}

	#domain(id: number, unit: Domain["unit"]): Domain | undefined {
		let domain = this.#domains.get(id);
		if (domain === undefined) {
			if (this.#domains.size >= MAX_DOMAINS) {
				this.#count("too many observation domains");
				return undefined;
			}
			domain = {
				templates: new Templates(this.#budget, this.#lifetimeMs, this.#makeRoom),
				options: new ExporterOptions(),
				expected: -1,
				lost: 0,
				unit,
			};
			this.#domains.set(id, domain);
		}
		return domain;
	}

	/** RFC 7011, 3.1: the header has the number of data records sent before. A lower number means a reordered message. */
	#checkSequence(domain: Domain, sequence: number): void {
		if (domain.expected < 0 || sequence === domain.expected) return;
		const ahead = (sequence - domain.expected + SEQUENCE_MODULUS) % SEQUENCE_MODULUS;
		if (ahead >= SEQUENCE_MODULUS / 2) {
			this.#count("message out of order");
			return;
		}
		domain.lost += ahead;
		this.#count(domain.unit === "records" ? "record lost on the way" : "datagram lost on the way", ahead);
	}

	/** Returns the number of data records in the set, or -1 if unknown. */
	#dataSet(cursor: ByteCursor, domain: Domain, id: number, { exportTime, initTime, now }: MessageTimes): number {
		const template = domain.templates.get(id, now);
		if (template === undefined) {
			this.#count("set without its template");
			return -1;
		}
		const { bytes, end } = cursor;
		let at = cursor.offset;
		let records = 0;
		const { decoder } = this.#collection;
		const { options } = domain;
		const before = decoder.withoutTimeBase;
		while (end - at >= template.minLength) {
			const next = template.isFlow
				? decoder.decode(bytes, at, end, template, exportTime, initTime || options.systemInitTime, options.samplingRate)
				: recordEnd(bytes, at, end, template.fields);
			if (next < 0) {
				this.#count("record cut");
				return -1;
			}
			if (template.isOptions) this.#readOptions(options, bytes.subarray(at, next), template);
			else if (template.isFlow) this.flows++;
			else this.#count("record of no flow");
			records++;
			at = next;
		}
		if (decoder.withoutTimeBase > before) this.#missTimeBase();
		return records;
	}

	#readOptions(options: ExporterOptions, record: Uint8Array, template: Template): void {
		if (!options.read(record, template)) return;
		this.#warn(
			`samples 1 of ${options.samplingRate} packets: its counts are multiplied by that, ` +
				"and its packet lists, which have gaps, are not used",
		);
	}

	#missTimeBase(): void {
		if (this.#timeBaseMissed) return;
		this.#timeBaseMissed = true;
		this.#warn(
			"times count from the start of the exporter, which it does not send (systemInitTimeMilliseconds): " +
				"flows end at the export time of their message",
		);
	}

	#warn(line: string): void {
		this.#collection.warn?.(`exporter ${this.name}: ${line}`);
	}

	#count(reason: string, times = 1): void {
		countMalformed(this.#collection.counters, `ipfix: ${reason}`, times);
	}
}

/** The end of a record that is not decoded: it still counts for the sequence number. */
function recordEnd(bytes: Uint8Array, at: number, end: number, fields: readonly { readonly length: number }[]): number {
	for (const field of fields) {
		let { length } = field;
		if (length === 65535) {
			length = bytes[at++] ?? 0;
			if (length === 255) {
				length = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
				at += 2;
			}
		}
		at += length;
		if (at > end) return -1;
	}
	return at;
}
