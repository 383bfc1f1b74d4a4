import type { ExtraColumns } from "../flow/flow-columns.ts";
import { PEN } from "./elements.ts";
import { VARIABLE } from "./template.ts";

/** A field of a template that we send. */
export type ExportedField = readonly [pen: number, id: number, length: number];

const BEFORE_ADDRESSES: readonly ExportedField[] = [
	[PEN.IANA, 1, 8],
	[PEN.REVERSE, 1, 8],
	[PEN.IANA, 2, 8],
	[PEN.REVERSE, 2, 8],
	[PEN.IANA, 154, 8],
	[PEN.IANA, 155, 8],
	[PEN.IANA, 60, 1],
	[PEN.IANA, 4, 1],
	[PEN.IANA, 6, 1],
	[PEN.REVERSE, 6, 1],
	[PEN.IANA, 7, 2],
	[PEN.IANA, 11, 2],
];
const ADDRESSES_4: readonly ExportedField[] = [
	[PEN.IANA, 8, 4],
	[PEN.IANA, 12, 4],
];
const ADDRESSES_6: readonly ExportedField[] = [
	[PEN.IANA, 27, 16],
	[PEN.IANA, 28, 16],
];
const LISTS_AND_TEXTS: readonly ExportedField[] = [
	[PEN.IANA, 291, VARIABLE],
	[PEN.IANA, 291, VARIABLE],
	[PEN.IANA, 291, VARIABLE],
	[PEN.IANA, 291, VARIABLE],
	[PEN.CESNET, 808, VARIABLE],
	[PEN.CESNET, 850, VARIABLE],
	[PEN.CESNET, 851, VARIABLE],
];
/** What only some sources have: sent where the batch has the column. */
const EXTRAS = [
	["alpn", [PEN.FLOWMON, 337, VARIABLE]],
	["ja3", [PEN.FLOWMON, 357, VARIABLE]],
	["ja4", [PEN.CESNET, 809, VARIABLE]],
	["quicServerName", [PEN.CESNET, 890, VARIABLE]],
] as const satisfies readonly (readonly [string, ExportedField])[];
const VLAN: ExportedField = [PEN.IANA, 243, 2];

/** The extra columns that are sent, in the order in which they stand behind everything else. */
export const EXPORTED_EXTRAS = EXTRAS.map(([name]) => name);

/** Which extra columns a batch has, as a number: batches that have the same share templates. */
export function exportLayout(extras: ExtraColumns): number {
	let layout = extras.vlan ? 1 : 0;
	for (const [k, [name]] of EXTRAS.entries()) if (extras[name]) layout |= 2 << k;
	return layout;
}

/** The fields of the records of a layout, for flows between addresses of this IP version. */
export function exportedFields(layout: number, version: 4 | 6): ExportedField[] {
	const extras = EXTRAS.flatMap(([, field], k) => (layout & (2 << k) ? [field] : []));
	const addresses = version === 4 ? ADDRESSES_4 : ADDRESSES_6;
	return [...BEFORE_ADDRESSES, ...addresses, ...(layout & 1 ? [VLAN] : []), ...LISTS_AND_TEXTS, ...extras];
}
