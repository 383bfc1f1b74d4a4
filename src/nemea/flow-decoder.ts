import { FlowColumnsBuilder, type ListColumnBuilder } from "../flow/columns-builder.ts";
import type { TextExtra } from "../flow/columns-schema.ts";
import type { UnirecField } from "../flow/unirec-fields.ts";
import { COPY_SLACK } from "./copy-run.ts";
import { REQUIRED_FIELDS, requireFields, TEXT_EXTRA_FIELDS } from "./flow-fields.ts";
import type { RecordBatch } from "./record-batch.ts";
import {
	appendBytes,
	appendJa3,
	appendLengths,
	appendTimes,
	LENGTH_SHIFT,
	OFFSET_MASK,
	type RecordBlock,
} from "./record-lists.ts";
import { appendScalars, type ScalarOffsets, scalarOffsets } from "./record-scalars.ts";
import type { Template } from "./template.ts";

/** Why a record was not taken, in the words of the counters. */
export const RECORD_SHORT = "record: shorter than its fixed part";
export const RECORD_OUTSIDE = "record: a field lies outside";
/** Told of a record that is not taken. */
export type Refuse = (reason: typeof RECORD_SHORT | typeof RECORD_OUTSIDE) => void;

/** Records that are decoded field by field together: few enough to stay in the processor's first cache. */
const BLOCK_LENGTH = 128;

/** A text extra that the sender has: where its slot stands, and the column it goes to. */
interface ExtraSlot {
	readonly slot: number;
	readonly column: ListColumnBuilder<Uint8Array>;
	/** A JA3 as 16 raw bytes, which becomes its 32 digits. */
	readonly raw: boolean;
}

/**
 * Decodes flow records straight into batch columns. Made for one template: field offsets are looked up once,
 * and fields without a column are skipped.
 */
export class FlowDecoder {
	readonly template: Template;
	readonly builder: FlowColumnsBuilder;
	readonly #scalars: ScalarOffsets;
	readonly #lengths: number;
	readonly #directions: number;
	readonly #flags: number;
	readonly #times: number;
	readonly #payload: number;
	readonly #payloadReverse: number;
	readonly #serverName: number;
	readonly #extras: readonly ExtraSlot[];
	/** One entry per dynamic field with a column. */
	readonly #slots: Uint16Array;

	/**
	 * Throws (code `fields`) where the template lacks a field that makes a flow, or one of `alsoRequired`, naming all that
	 * it lacks. The first flow has the number `firstIndex`.
	 */
	constructor(template: Template, alsoRequired: readonly UnirecField[] = [], firstIndex = 0) {
		requireFields(template, [...REQUIRED_FIELDS, ...alsoRequired]);
		const at = (name: string): number => template.byName.get(name)!.offset;
		this.template = template;
		this.#scalars = scalarOffsets(template);
		this.#lengths = at("PPI_PKT_LENGTHS");
		this.#directions = at("PPI_PKT_DIRECTIONS");
		this.#flags = at("PPI_PKT_FLAGS");
		this.#times = at("PPI_PKT_TIMES");
		this.#payload = at("IDP_CONTENT");
		this.#payloadReverse = at("IDP_CONTENT_REV");
		this.#serverName = at("TLS_SNI");
		const present = TEXT_EXTRA_FIELDS.filter(([, { name }]) => isText(template, name));
		this.builder = new FlowColumnsBuilder({
			extras: present.map(([extra]) => extra),
			vlan: this.#scalars.vlan >= 0,
			firstIndex,
		});
		this.#extras = present.map(([extra, { name }]) => this.#extraSlot(extra, name));
		const lists = [this.#lengths, this.#directions, this.#flags, this.#times];
		const texts = [this.#payload, this.#payloadReverse, this.#serverName];
		this.#slots = Uint16Array.from([...lists, ...texts, ...this.#extras.map(({ slot }) => slot)]);
	}

	/**
	 * Appends the records of a batch as flows. Malformed records are left out and reported to `refuse`; the batch's spans
	 * close up over it, so that flow i of an empty builder has span i.
	 */
	append(batch: RecordBatch, refuse: Refuse): void {
		const { begins, ends, length } = batch;
		const block: RecordBlock = {
			view: viewWithRoom(batch),
			begins,
			fixedLength: this.template.fixedLength,
			first: 0,
			end: 0,
			dynamicLength: 0,
		};
		for (let from = 0; from < length; from += BLOCK_LENGTH) {
			block.first = block.end;
			block.dynamicLength = 0;
			this.#takeWhole(block, ends, from, Math.min(from + BLOCK_LENGTH, length), refuse);
			this.#appendBlock(block);
		}
	}

	#extraSlot(extra: TextExtra, name: string): ExtraSlot {
		const field = this.template.byName.get(name)!;
		return {
			slot: field.offset,
			column: this.builder.extras[extra]!,
			raw: extra === "ja3" && field.type !== "string",
		};
	}

	/** Makes a block of those of the records `from … to` that are whole. */
	#takeWhole(block: RecordBlock, ends: Uint32Array, from: number, to: number, refuse: Refuse): void {
		const { view, begins, fixedLength } = block;
		let { end, dynamicLength } = block;
		for (let k = from; k < to; k++) {
			const begin = begins[k]! | 0;
			const available = (ends[k]! | 0) - begin - fixedLength;
			if (available < 0) refuse(RECORD_SHORT);
			else if (!this.#slotsAreInside(view, begin, available)) refuse(RECORD_OUTSIDE);
			else {
				begins[end] = begin;
				ends[end++] = ends[k]!;
				dynamicLength += available;
			}
		}
		block.end = end;
		block.dynamicLength = dynamicLength;
	}

	/** An empty field's offset means nothing. */
	#slotsAreInside(view: DataView, begin: number, available: number): boolean {
		const slots = this.#slots;
		for (let s = 0; s < slots.length; s++) {
			const slot = view.getUint32(begin + slots[s]!, true);
			const length = slot >>> LENGTH_SHIFT;
			if (length !== 0 && (slot & OFFSET_MASK) + length > available) return false;
		}
		return true;
	}

	/** Appends the block's records, one field of all after the other. */
	#appendBlock(block: RecordBlock): void {
		const { builder } = this;
		const count = block.end - block.first;
		builder.reserveFlows(count);
		appendScalars(block, this.#scalars, builder);
		appendBytes(block, this.#flags, builder.packetFlags);
		appendBytes(block, this.#directions, builder.packetDirections);
		appendLengths(block, this.#lengths, builder.packetLengths);
		appendTimes(block, this.#times, builder.packetTimes);
		appendBytes(block, this.#payload, builder.payload);
		appendBytes(block, this.#payloadReverse, builder.payloadReverse);
		appendBytes(block, this.#serverName, builder.serverName);
		for (const { slot, column, raw } of this.#extras) {
			if (raw) appendJa3(block, slot, column);
			else appendBytes(block, slot, column);
		}
		builder.filled(count);
	}
}

/** The memory of a batch, moved where nothing stands behind its last record: fields are copied with some bytes behind them. */
function viewWithRoom({ bytes, ends, length }: RecordBatch): DataView {
	let last = 0;
	for (let k = 0; k < length; k++) if (ends[k]! > last) last = ends[k]!;
	if (last + COPY_SLACK <= bytes.length) return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	const moved = new Uint8Array(last + COPY_SLACK);
	moved.set(bytes.subarray(0, last));
	return new DataView(moved.buffer);
}

function isText(template: Template, name: string): boolean {
	const type = template.byName.get(name)?.type;
	return type === "string" || type === "bytes";
}
