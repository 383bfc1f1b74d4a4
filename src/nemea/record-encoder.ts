import { DeCryptoError } from "../bytes/error.ts";
import type { FlowColumns, SourceRecords } from "../flow/flow-columns.ts";
import type { UnirecType } from "../flow/unirec-fields.ts";
import { type ColumnField, columnField } from "./column-fields.ts";
import { copyExactly } from "./copy-run.ts";
import { LastView } from "./last-view.ts";
import { parseTemplate, RECORD_LENGTH_MAX, SLOT_LENGTH, type Template, type TemplateField } from "./template.ts";

/**
 * A field whose value is neither the source record's nor a column's: a verdict, a server name put right. A number for
 * 8- to 32-bit integers, bytes for dynamic fields, undefined for "as it is in the source".
 */
export type ComputedField = (flows: FlowColumns, i: number) => number | Uint8Array | undefined;

/** How some fields that follow one another in the record come about. */
type Step = CopyFixed | CopyLists | FromColumn | Computed;

/** Fixed fields that stand in the source's record in the same order, one behind the other. */
interface CopyFixed {
	readonly kind: "fixed";
	readonly from: number;
	readonly to: number;
	length: number;
}

/** Dynamic fields whose slots stand in the source's record in the same order, one behind the other. */
interface CopyLists {
	readonly kind: "lists";
	/** Where the first slot stands, in the source's record and in ours. */
	readonly from: number;
	readonly to: number;
	count: number;
}

interface FromColumn {
	readonly kind: "column";
	readonly field: TemplateField;
	readonly column: ColumnField;
}

interface Computed {
	readonly kind: "computed";
	readonly field: TemplateField;
	readonly compute: ComputedField;
	/** What is done where it has no value. */
	readonly otherwise: Step | undefined;
}

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
		this.#steps = this.#stepsFrom(undefined);
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
		this.#steps = this.#stepsFrom(this.#source);
		// What no step writes stays zero.
		this.bytes.fill(0);
	}

	#stepsFrom(source: Template | undefined): Step[] {
		const steps: Step[] = [];
		for (const field of this.template.fields) {
			const compute = this.#computed[field.name];
			const step = stepOf(field, source, compute === undefined);
			if (compute) steps.push({ kind: "computed", field, compute, otherwise: step });
			else if (step && !joined(steps.at(-1), step)) steps.push(step);
		}
		return steps;
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

/** Whence a field comes that is not computed; undefined: nowhere. */
function stepOf(field: TemplateField, source: Template | undefined, mustFit: boolean): Step | undefined {
	const same = source?.byName.get(field.name);
	if (same?.type === field.type) {
		if (field.dynamic) return { kind: "lists", from: same.offset, to: field.offset, count: 1 };
		return { kind: "fixed", from: same.offset, to: field.offset, length: field.size };
	}
	const column = columnField(field.name);
	if (!column) return undefined;
	if (mustFit) requireType(field, column.type);
	return { kind: "column", field, column };
}

/** Whether the step could be made part of the one before it. */
function joined(last: Step | undefined, step: Step): boolean {
	if (last?.kind === "fixed" && step.kind === "fixed") {
		if (last.from + last.length !== step.from || last.to + last.length !== step.to) return false;
		last.length += step.length;
		return true;
	}
	if (last?.kind !== "lists" || step.kind !== "lists") return false;
	const size = last.count * SLOT_LENGTH;
	if (last.from + size !== step.from || last.to + size !== step.to) return false;
	last.count++;
	return true;
}

function requireType(field: TemplateField, type: UnirecType): void {
	if (field.type === type || (field.dynamic && field.size === 1 && (type === "string" || type === "bytes"))) return;
	throw new DeCryptoError("template", `${field.name} is written as ${type}, not ${field.type}`, { field });
}
