import type { FlowColumns, SourceRecords } from "../flow/flow-columns.ts";
import { copyExactly } from "./copy-run.ts";
import {
	type Computed,
	type ComputedField,
	type CopyFixed,
	type CopyLists,
	encodingSteps,
	type FromColumn,
	type Step,
} from "./encoding-steps.ts";
import { LastView } from "./last-view.ts";
import { parseTemplate, RECORD_LENGTH_MAX, SLOT_LENGTH, type Template, type TemplateField } from "./template.ts";

/**
 * Makes records of one template from the flows of batches. Where a batch carries its source's records, a field that
 * both templates have is copied from there byte for byte, so that what columns cannot hold (integers above 2^53,
 * fractions of a microsecond) survives; else it is written from the columns. A field that neither has is zero or empty.
 */
export class RecordEncoder {
	readonly template: Template;
	/** The record made last is `bytes[0 … length)`. */
	readonly bytes = new Uint8Array(RECORD_LENGTH_MAX);
	length = 0;
	readonly #view = new DataView(this.bytes.buffer);
	readonly #computed: Readonly<Record<string, ComputedField>>;
	#source: Template | undefined;
	#steps: readonly Step[];
	readonly #sourceView = new LastView();

	/** Throws (code `template`) where a column has to go to a field of another type than it has. */
	constructor(template: Template, computed: Readonly<Record<string, ComputedField>> = {}) {
		this.template = template;
		this.#computed = computed;
		this.#steps = encodingSteps(template, undefined, computed);
	}

	/** Makes flow i's record; false where it would be longer than a record can be, or the source's is malformed. */
	encode(flows: FlowColumns, i: number): boolean {
		const { records } = flows;
		if (records?.template !== this.#source?.text) this.#follow(records?.template);
		this.length = this.template.fixedLength;
		for (let k = 0; k < this.#steps.length; k++) if (!this.#do(this.#steps[k]!, flows, i)) return false;
		return true;
	}

	#follow(template: string | undefined): void {
		this.#source = template === undefined ? undefined : parseTemplate(template);
		this.#steps = encodingSteps(this.template, this.#source, this.#computed);
		// Bytes that no step writes stay zero.
		this.bytes.fill(0);
	}

	#do(step: Step, flows: FlowColumns, i: number): boolean {
		switch (step.kind) {
			case "fixed":
				return this.#copyFixed(step, flows.records!, i);
			case "lists":
				return this.#copyLists(step, flows.records!, i);
			case "column":
				return this.#writeColumn(step, flows, i);
			case "computed":
				return this.#compute(step, flows, i);
		}
	}

	#copyFixed({ from, to, length }: CopyFixed, { bytes, begins }: SourceRecords, i: number): boolean {
		copyExactly(this.#sourceView.of(bytes), begins[i]! + from, this.#view, to, length);
		return true;
	}

	/** Fields whose bytes follow one another in the source's record, as they mostly do, are copied together. */
	#copyLists({ from, to, count }: CopyLists, { bytes, begins, ends }: SourceRecords, i: number): boolean {
		const source = this.#sourceView.of(bytes);
		const begin = begins[i]!;
		const dynamic = begin + this.#source!.fixedLength;
		let runBegin = dynamic;
		let runEnd = dynamic;
		for (let n = 0; n < count; n++) {
			const slot = source.getUint32(begin + from + n * SLOT_LENGTH, true);
			const length = slot >>> 16;
			const at = dynamic + (slot & 0xffff);
			if (length > 0 && at !== runEnd) {
				if (!this.#append(source, runBegin, runEnd)) return false;
				runBegin = at;
				runEnd = at;
			}
			const offset = this.length - this.template.fixedLength + runEnd - runBegin;
			this.#view.setUint32(to + n * SLOT_LENGTH, (offset & 0xffff) | (length << 16), true);
			runEnd += length;
			if (runEnd > ends[i]!) return false;
		}
		return this.#append(source, runBegin, runEnd);
	}

	#append(source: DataView, begin: number, end: number): boolean {
		if (this.length + end - begin > RECORD_LENGTH_MAX) return false;
		copyExactly(source, begin, this.#view, this.length, end - begin);
		this.length += end - begin;
		return true;
	}

	#writeColumn({ field, column }: FromColumn, flows: FlowColumns, i: number): boolean {
		if (!field.dynamic) {
			column.write(flows, i, this.#view, field.offset);
			return true;
		}
		const length = column.length(flows, i);
		if (this.length + length > RECORD_LENGTH_MAX) return false;
		column.write(flows, i, this.#view, this.length);
		this.#endSlot(field, length);
		return true;
	}

	#compute({ field, compute, otherwise }: Computed, flows: FlowColumns, i: number): boolean {
		const value = compute(flows, i);
		if (value === undefined && otherwise) return this.#do(otherwise, flows, i);
		return this.#put(field, value ?? 0);
	}

	#put(field: TemplateField, value: number | Uint8Array): boolean {
		if (typeof value !== "number") {
			if (this.length + value.length > RECORD_LENGTH_MAX) return false;
			this.bytes.set(value, this.length);
			this.#endSlot(field, value.length);
		} else if (field.dynamic) this.#view.setUint32(field.offset, 0);
		else if (field.size === 1) this.#view.setUint8(field.offset, value);
		else if (field.size === 2) this.#view.setUint16(field.offset, value, true);
		else this.#view.setUint32(field.offset, value, true);
		return true;
	}

	#endSlot(field: TemplateField, length: number): void {
		this.#view.setUint16(field.offset, this.length - this.template.fixedLength, true);
		this.#view.setUint16(field.offset + SLOT_LENGTH / 2, length, true);
		this.length += length;
	}
}
