import { countMalformed, type SourceCounters } from "../bytes/counters.ts";
import { ByteCursor } from "../bytes/cursor.ts";
import { ExporterOptions } from "./exporter-options.ts";
import type { FlowDecoder } from "./flow-decoder.ts";
import type { Template } from "./template.ts";
import { type TemplateBudget, Templates } from "./templates.ts";

export const MESSAGE_HEADER = 16;
export const IPFIX_VERSION = 10;
/** Observation domains that one exporter may have. */
const MAX_DOMAINS = 1024;
const TEMPLATE_SET = 2;
const OPTIONS_TEMPLATE_SET = 3;
const FIRST_DATA_SET = 256;
/** Sequence numbers count modulo 2^32; what looks like more than half of that ahead is behind (RFC 1982). */
const SEQUENCE_MODULUS = 2 ** 32;
/** Source identifiers of NetFlow version 9 have their own templates and numbers: they are kept with this added. */
const NETFLOW_9_DOMAINS = 2 ** 32;
const NETFLOW_9_TEMPLATES = 0;
const NETFLOW_9_OPTIONS = 1;

/** What the sessions of one source share. */
export interface Collection {
	readonly decoder: FlowDecoder;
	readonly counters: SourceCounters;
	readonly budget: TemplateBudget;
	/** Told of what an operator should know at once. */
	readonly warn?: (line: string) => void;
	/** Over UDP: how long a template lives that is not sent again, in ms. */
	readonly templateLifetimeMs: number;
}

interface Domain {
	readonly templates: Templates;
	readonly options: ExporterOptions;
	/** The next message's sequence number, or -1 where that cannot be known. */
	expected: number;
	lost: number;
	/** Sequence numbers count records, in NetFlow version 9 datagrams. */
	readonly unit: "records" | "datagrams";
}

/** What the header of a message says of the times in it. */
interface MessageTimes {
	/** Seconds. */
	readonly exportTime: number;
	/** When the exporter started, in microseconds; 0 where the header does not tell. */
	readonly initTime: number;
	/** Of the arrival, in ms. */
	readonly now: number;
	readonly isNetflow9: boolean;
}

/**
 * A transport session (RFC 7011, 2): one exporter's connection, or address and port. It knows templates and sequence
 * numbers per observation domain; flows go to the decoder of the collection.
 */
export class Session {
	/** The exporter, as messages to the user name it. */
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

	/** `budget` is this exporter's part of the collection's; `makeRoom` frees fields that others hold. */
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

	/** Decodes the message `bytes[begin … end)`, whose version and length are checked already. `now` is in ms. */
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
	 * Decodes a datagram of NetFlow version 9 (RFC 3954, 5), whose version is checked already. Its header tells the exporter's
	 * uptime and clock, which times of flows count from.
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

	/** What was lost on the way, per observation domain that lost some. */
	losses(): { domain: number; lost: number; unit: Domain["unit"] }[] {
		return [...this.#domains].flatMap(([key, { lost, unit }]) =>
			lost > 0 ? [{ domain: key % NETFLOW_9_DOMAINS, lost, unit }] : [],
		);
	}

	/** Fields of templates that it makes us remember. */
	get templateFields(): number {
		let fields = 0;
		for (const { templates } of this.#domains.values()) fields += templates.fields;
		return fields;
	}

	/** Forgets the templates that expired. */
	sweep(now: number): void {
		for (const { templates } of this.#domains.values()) templates.sweep(now);
	}

	/** Forgets its templates; a session that ended holds nothing. */
	end(): void {
		for (const { templates } of this.#domains.values()) templates.clear();
	}

	/** Decodes the sets up to the end of the message; returns the number of data records, or -1 where it cannot be told. */
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
		// What is shorter than a template record is padding (RFC 7011, 3.3.1).
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

	/** RFC 7011, 3.1: the header's number is that of the data records sent before. A number from behind is a message that was overtaken. */
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

	/** Returns the number of data records in the set, or -1 where that cannot be told. */
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
			"times count from the start of the exporter, which it does not tell (systemInitTimeMilliseconds): " +
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

/** Where a record ends that is not decoded: it counts for the sequence number all the same. */
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
