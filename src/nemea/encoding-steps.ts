import { DeCryptoError } from "../bytes/error.ts";
import type { FlowColumns } from "../flow/flow-columns.ts";
import type { UnirecType } from "../flow/unirec-fields.ts";
import { type ColumnField, columnField } from "./column-fields.ts";
import { SLOT_LENGTH, type Template, type TemplateField } from "./template.ts";

/**
 * A field whose value is neither the source record's nor a column's: a verdict, a server name put right. A number for
 * 8- to 32-bit integers, bytes for dynamic fields, undefined for "as it is in the source".
 */
export type ComputedField = (flows: FlowColumns, i: number) => number | Uint8Array | undefined;

/** How some fields that follow one another in the record come about. */
export type Step = CopyFixed | CopyLists | FromColumn | Computed;

/** Fixed fields that are adjacent and in the same order in the source's record. */
export interface CopyFixed {
	readonly kind: "fixed";
	readonly from: number;
	readonly to: number;
	length: number;
}

/** Dynamic fields whose slots are adjacent and in the same order in the source's record. */
export interface CopyLists {
	readonly kind: "lists";
	/** Where the first slot stands, in the source's record and in ours. */
	readonly from: number;
	readonly to: number;
	count: number;
}

export interface FromColumn {
	readonly kind: "column";
	readonly field: TemplateField;
	readonly column: ColumnField;
}

export interface Computed {
	readonly kind: "computed";
	readonly field: TemplateField;
	readonly compute: ComputedField;
	/** The step for flows without a value. */
	readonly otherwise: Step | undefined;
}

/**
 * The steps that make a record of `template` from a source record of template `source` (undefined: there are no source
 * records), in the order of the fields. Throws (code `template`) if a column and its field have different types.
 */
export function encodingSteps(
	template: Template,
	source: Template | undefined,
	computed: Readonly<Record<string, ComputedField>>,
): Step[] {
	const steps: Step[] = [];
	for (const field of template.fields) {
		const compute = computed[field.name];
		const step = stepOf(field, source, compute === undefined);
		if (compute) steps.push({ kind: "computed", field, compute, otherwise: step });
		else if (step && !joined(steps.at(-1), step)) steps.push(step);
	}
	return steps;
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
