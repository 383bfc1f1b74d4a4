import { constants, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { createCounters, totalMalformed } from "../bytes/counters.ts";
import { DeCryptoError, reasonOf } from "../bytes/error.ts";
import { type BuilderOptions, FlowColumnsBuilder } from "../flow/columns-builder.ts";
import { LIST_EXTRA_NAMES, type TextExtra } from "../flow/columns-schema.ts";
import type { ExtraColumns, FlowColumns } from "../flow/flow-columns.ts";
import { FlowDecoder } from "../ipfix/flow-decoder.ts";
import { MAX_MESSAGE, MessageEncoder } from "../ipfix/message-encoder.ts";
import { whyNoMessage } from "../ipfix/message-framing.ts";
import { MESSAGE_HEADER, Session } from "../ipfix/session.ts";
import { TemplateBudget } from "../ipfix/templates.ts";
import type { BusMessage, MessageHeaders } from "./bus.ts";

/** Batches of another first number cannot be read; unknown columns and elements are skipped. */
export const BATCH_SCHEMA = 1;
/** Larger batches move no more bytes per second, a quarter of the size moves a third. */
const BATCH_BYTES = 65_535;
/** What a batch may become when it is decompressed: several messages of the greatest length. */
const MOST_BYTES = 1 << 20;

/** Who sent a batch. */
export interface BatchOrigin {
	readonly sensor: string;
	readonly input: string;
}

/** A batch of one partition, ready to be appended. */
export interface EncodedBatch {
	readonly body: Uint8Array;
	readonly flows: number;
	readonly columns: string;
	readonly bytesBefore: number;
}

/**
 * Flows of one partition to batches: IPFIX messages that begin with the templates they need, so that each can be read alone,
 * compressed with zstd. A batch is one IPFIX message of data, at most 65,535 bytes.
 */
export class BatchEncoder {
	/** Flows left out because no message has room for them. */
	get tooLong(): number {
		return this.#encoder.tooLong;
	}
	readonly #emit: (batch: EncodedBatch) => void;
	readonly #encoder: MessageEncoder;
	readonly #templates: Uint8Array[] = [];
	#templateBytes = 0;
	#added = 0;
	#columns = "";

	constructor(emit: (batch: EncodedBatch) => void, batchBytes: number = BATCH_BYTES) {
		this.#emit = emit;
		this.#encoder = new MessageEncoder(
			batchBytes,
			MAX_MESSAGE,
			(message, records) => this.#take(message, records),
			"complete",
		);
	}

	get isEmpty(): boolean {
		return this.#added === 0;
	}

	/** Adds the flows at these positions; `exportTime` is in seconds since 1970. */
	add(flows: FlowColumns, positions: Uint32Array, exportTime: number): void {
		if (positions.length === 0) return;
		const columns = columnsText(flows.extras);
		if (columns !== this.#columns) this.flush(exportTime);
		this.#columns = columns;
		this.#added += positions.length;
		this.#encoder.add(flows, positions, exportTime);
	}

	/** Emits what was added. */
	flush(exportTime: number): void {
		this.#encoder.flush(exportTime);
		this.#added = 0;
	}

	#take(message: Uint8Array, records: number): void {
		if (records === 0) {
			this.#templates.push(message.slice());
			this.#templateBytes += message.length;
			return;
		}
		const whole = new Uint8Array(this.#templateBytes + message.length);
		let at = 0;
		for (const template of this.#templates) {
			whole.set(template, at);
			// Export time and sequence number are those of the data behind it: no record is missing in between.
			whole.set(message.subarray(4, 12), at + 4);
			at += template.length;
		}
		whole.set(message, at);
		const body = zstdCompressSync(whole, { params: { [constants.ZSTD_c_compressionLevel]: 1 } });
		this.#emit({ body, flows: records, columns: this.#columns, bytesBefore: whole.length });
	}
}

export function batchHeaders({ sensor, input }: BatchOrigin, { columns }: EncodedBatch, id: string): MessageHeaders {
	return { schema: String(BATCH_SCHEMA), codec: "zstd", sensor, input, id, columns };
}

/** A decoded batch. `flows` is valid until the next is decoded. */
export interface DecodedFlowBatch extends BatchOrigin {
	readonly flows: FlowColumns;
	/** Records that could not be used. */
	readonly malformed: number;
}

/** Messages of the log `flows` to batches. Throws a `DeCryptoError` (code `bus-batch`) for anything else. */
export class BatchDecoder {
	#columns: string | undefined;
	#builder = new FlowColumnsBuilder();

	decode({ headers, body }: BusMessage): DecodedFlowBatch {
		if (Number(headers.schema) !== BATCH_SCHEMA || headers.codec !== "zstd") {
			throw new DeCryptoError(
				"bus-batch",
				`batch of schema ${headers.schema}, codec ${headers.codec}: not readable here`,
			);
		}
		const bytes = decompressed(body);
		const builder = this.#builderFor(headers.columns ?? "");
		builder.clear();
		const counters = createCounters();
		const collection = {
			decoder: new FlowDecoder(builder),
			counters,
			budget: new TemplateBudget(),
			templateLifetimeMs: Number.POSITIVE_INFINITY,
		};
		const session = new Session("bus", collection, false);
		const problem = eachMessage(bytes, (begin, end) => session.message(bytes, begin, end, 0));
		if (problem !== undefined && builder.length === 0) throw new DeCryptoError("bus-batch", `batch: ${problem}`);
		return {
			sensor: headers.sensor ?? "",
			input: headers.input ?? "",
			flows: builder.columns(),
			malformed: totalMalformed(counters) + (problem === undefined ? 0 : 1),
		};
	}

	#builderFor(columns: string): FlowColumnsBuilder {
		if (columns !== this.#columns) {
			this.#builder = new FlowColumnsBuilder(builderOptions(columns));
			this.#columns = columns;
		}
		return this.#builder;
	}
}

/** Calls `take` with the bounds of each IPFIX message. Returns why the rest cannot be read, or undefined. */
function eachMessage(bytes: Uint8Array, take: (begin: number, end: number) => void): string | undefined {
	for (let at = 0; at < bytes.length; ) {
		if (bytes.length - at < MESSAGE_HEADER) return "message cut";
		const problem = whyNoMessage(bytes, at);
		if (problem !== undefined) return problem;
		const end = at + ((bytes[at + 2]! << 8) | bytes[at + 3]!);
		if (end > bytes.length) return "message cut";
		take(at, end);
		at = end;
	}
	return undefined;
}

function decompressed(body: Uint8Array): Uint8Array {
	try {
		return zstdDecompressSync(body, { maxOutputLength: MOST_BYTES });
	} catch (error) {
		throw new DeCryptoError("bus-batch", `batch: ${reasonOf(error)}`);
	}
}

/** Text columns that batches can have. */
const TEXTS: readonly TextExtra[] = LIST_EXTRA_NAMES.filter((name) => name !== "pushTimes" && name !== "label");

/** The optional columns of a batch, as the header says them. */
function columnsText(extras: ExtraColumns): string {
	const names: string[] = TEXTS.filter((name) => extras[name] !== undefined);
	if (extras.vlan) names.push("vlan");
	if (extras.flowId && extras.part) names.push("identity");
	if (extras.pushTimes) names.push("pushTimes");
	return names.join(",");
}

/** Names that are not known are those of a newer sensor. */
function builderOptions(columns: string): BuilderOptions {
	const names = new Set(columns.split(","));
	return {
		extras: TEXTS.filter((name) => names.has(name)),
		vlan: names.has("vlan"),
		identity: names.has("identity"),
		pushTimes: names.has("pushTimes"),
	};
}
