import { DeCryptoError } from "../bytes/error.ts";
import type { TextExtra } from "../flow/columns-schema.ts";
import { EXTRA_FIELDS, LABEL_FIELD, METER_FIELDS, type UnirecField } from "../flow/unirec-fields.ts";
import type { Template, TemplateField } from "./template.ts";

/** VLAN identifier of the outermost tag, as ipfixprobe's `vlan` plugin names it. */
export const VLAN_FIELD: UnirecField = { type: "uint16", name: "VLAN_ID" };

/** Fields that the original module does not require. */
const OPTIONAL = new Set(["TCP_FLAGS", "TCP_FLAGS_REV"]);

/** The 18 fields that a sender must have for its records to be flows. */
export const REQUIRED_FIELDS: readonly UnirecField[] = METER_FIELDS.filter(({ name }) => !OPTIONAL.has(name));

/** Extra text columns by the field they come from. */
export const TEXT_EXTRA_FIELDS: readonly (readonly [extra: TextExtra, field: UnirecField])[] = [
	["label", LABEL_FIELD],
	...(Object.entries(EXTRA_FIELDS) as [TextExtra, UnirecField][]),
];

/** Throws (code `fields`) naming every required field that the sender's template lacks or has with another type. */
export function requireFields(template: Template, required: readonly UnirecField[]): void {
	const missing = required.filter(({ name, type }) => template.byName.get(name)?.type !== type);
	if (missing.length === 0) return;
	const names = missing.map((field) => describeMissing(field, template.byName.get(field.name)));
	throw new DeCryptoError("fields", `the sender's records lack ${names.join(", ")}`, {
		missing: missing.map(({ name }) => name),
		template: template.text,
	});
}

function describeMissing({ type, name }: UnirecField, found: TemplateField | undefined): string {
	return found ? `${type} ${name} (it is ${found.type} there)` : `${type} ${name}`;
}
