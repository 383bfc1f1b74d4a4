import { DeCryptoError } from "../bytes/error.ts";
import type { FlowColumns } from "../flow/flow-columns.ts";
import type { UnirecType } from "../flow/unirec-fields.ts";
import { type ColumnField, columnField } from "./column-fields.ts";
import { parseTemplate, RECORD_LENGTH_MAX, SLOT_LENGTH, type Template, type TemplateField } from "./template.ts";

/**
 * A field whose value is neither the source record's nor a column's: a verdict, a server name put right. A number for
 * 8- to 32-bit integers, bytes for dynamic fields, undefined for "as it is in the source".
 */
export type ComputedField = (flows: FlowColumns, i: number) => number | Uint8Array | undefined;

/** How one field of the output comes about: `source` is its offset in the source's record, -1 where that lacks it. */
interface FieldPlan {
	readonly field: TemplateField;
	readonly source: number;
	readonly computed: ComputedField | undefined;
	readonly column: ColumnField | undefined;
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
	#plan: readonly FieldPlan[];
	#fixed = 0;

	/** Throws (code `template`) where a column has to go to a field of another type than it has. */
	constructor(template: Template, computed: Readonly<Record<string, ComputedField>> = {}) {
		this.template = template;
		this.#computed = computed;
		this.#plan = this.#planFor(undefined);
	}

	/** Makes flow i's record; false where it would be longer than a record can be, or the source's is malformed. */
	encode(flows: FlowColumns, i: number): boolean {
		const { records } = flows;
		if (records?.template !== this.#source?.text) this.#follow(records?.template);
		this.#fixed = this.template.fixedLength;
		this.length = this.#fixed;
		this.bytes.fill(0, 0, this.#fixed);
		for (let k = 0; k < this.#plan.length; k++) if (!this.#encodeField(this.#plan[k]!, flows, i)) return false;
		return true;
	}

	#follow(template: string | undefined): void {
		this.#source = template === undefined ? undefined : parseTemplate(template);
		this.#plan = this.#planFor(this.#source);
	}

	#planFor(source: Template | undefined): FieldPlan[] {
		return this.template.fields.map((field) => {
			const same = source?.byName.get(field.name);
			const copied = same !== undefined && same.type === field.type;
			const column = copied ? undefined : columnField(field.name);
			const computed = this.#computed[field.name];
			if (column && !computed) requireType(field, column.type);
			return { field, source: copied ? same.offset : -1, computed, column };
		});
	}

	#encodeField(plan: FieldPlan, flows: FlowColumns, i: number): boolean {
		const value = plan.computed?.(flows, i);
		if (value !== undefined) return this.#put(plan.field, value);
		if (plan.source >= 0) return this.#copy(plan, flows, i);
		if (!plan.column) return true;
		if (plan.column.dynamic) return this.#appendColumn(plan.field, plan.column, flows, i);
		plan.column.write(flows, i, this.#view, plan.field.offset);
		return true;
	}

	#put(field: TemplateField, value: number | Uint8Array): boolean {
		if (typeof value !== "number") return this.#append(field, value, 0, value.length);
		if (field.size === 1) this.#view.setUint8(field.offset, value);
		else if (field.size === 2) this.#view.setUint16(field.offset, value, true);
		else this.#view.setUint32(field.offset, value, true);
		return true;
	}

	#copy({ field, source }: FieldPlan, flows: FlowColumns, i: number): boolean {
		const { bytes, begins, ends } = flows.records!;
		const begin = begins[i]!;
		const at = begin + source;
		if (!field.dynamic) {
			for (let k = 0; k < field.size; k++) this.bytes[field.offset + k] = bytes[at + k]!;
			return true;
		}
		const from = begin + this.#source!.fixedLength + (bytes[at]! | (bytes[at + 1]! << 8));
		const length = bytes[at + 2]! | (bytes[at + 3]! << 8);
		if (length > 0 && from + length > ends[i]!) return false;
		return this.#append(field, bytes, from, from + length);
	}

	#append(field: TemplateField, source: Uint8Array, begin: number, end: number): boolean {
		if (this.length + end - begin > RECORD_LENGTH_MAX) return false;
		const at = this.length;
		for (let k = begin; k < end; k++) this.bytes[at + k - begin] = source[k]!;
		this.#endSlot(field, end - begin);
		return true;
	}

	#appendColumn(field: TemplateField, column: ColumnField, flows: FlowColumns, i: number): boolean {
		const length = column.length(flows, i);
		if (this.length + length > RECORD_LENGTH_MAX) return false;
		column.write(flows, i, this.#view, this.length);
		this.#endSlot(field, length);
		return true;
	}

	#endSlot(field: TemplateField, length: number): void {
		this.#view.setUint16(field.offset, this.length - this.#fixed, true);
		this.#view.setUint16(field.offset + SLOT_LENGTH / 2, length, true);
		this.length += length;
	}
}

function requireType(field: TemplateField, type: UnirecType): void {
	if (field.type === type || (field.dynamic && field.size === 1 && (type === "string" || type === "bytes"))) return;
	throw new DeCryptoError("template", `${field.name} is written as ${type}, not ${field.type}`, { field });
}
