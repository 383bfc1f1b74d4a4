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
/** Optional columns: sent if the batch has the column. */
const EXTRAS = [
	["alpn", [PEN.FLOWMON, 337, VARIABLE]],
	["ja3", [PEN.FLOWMON, 357, VARIABLE]],
	["ja4", [PEN.CESNET, 809, VARIABLE]],
	["quicServerName", [PEN.CESNET, 890, VARIABLE]],
] as const satisfies readonly (readonly [string, ExportedField])[];
const VLAN: ExportedField = [PEN.IANA, 243, 2];
/** Sent between our own programs in addition, so that the receiver has identical flows. */
const OWN_EXTRAS = [
	["longPayload", [PEN.OWN, 4, VARIABLE]],
	["longPayloadReverse", [PEN.OWN, 5, VARIABLE]],
	["quicAlpn", [PEN.OWN, 6, VARIABLE]],
	["resolvedName", [PEN.OWN, 7, VARIABLE]],
] as const satisfies readonly (readonly [string, ExportedField])[];
const IDENTITY: readonly ExportedField[] = [
	[PEN.IANA, 148, 8],
	[PEN.OWN, 3, 1],
];
const PUSH_TIMES: ExportedField = [PEN.IANA, 291, VARIABLE];

/**
 * `collectors`: the elements of CESNET's exporter. `complete`: all columns of a batch, packet times in microseconds.
 */
export type ExportContents = "collectors" | "complete";

/** The extra text columns that are sent, in their order after all other fields. */
export const EXPORTED_EXTRAS = {
	collectors: EXTRAS.map(([name]) => name),
	complete: [...EXTRAS, ...OWN_EXTRAS].map(([name]) => name),
} as const;

const ALL_EXTRAS = [...EXTRAS, ...OWN_EXTRAS];
const VLAN_BIT = 1;
const IDENTITY_BIT = 2;
const PUSH_BIT = 4;
const FIRST_EXTRA_BIT = 8;

/** The extra columns of a batch as a number: batches with the same columns share templates. */
export function exportLayout(extras: ExtraColumns, contents: ExportContents = "collectors"): number {
	let layout = extras.vlan ? VLAN_BIT : 0;
	if (contents === "complete") {
		if (extras.flowId && extras.part) layout |= IDENTITY_BIT;
		if (extras.pushTimes) layout |= PUSH_BIT;
	}
	const sent: readonly string[] = EXPORTED_EXTRAS[contents];
	for (const [k, [name]] of ALL_EXTRAS.entries()) {
		if (extras[name] && sent.includes(name)) layout |= FIRST_EXTRA_BIT << k;
	}
	return layout;
}

/** The fields of the records of a layout, for flows between addresses of this IP version. */
export function exportedFields(layout: number, version: 4 | 6): ExportedField[] {
	const extras = ALL_EXTRAS.flatMap(([, field], k) => (layout & (FIRST_EXTRA_BIT << k) ? [field] : []));
	const addresses = version === 4 ? ADDRESSES_4 : ADDRESSES_6;
	return [
		...BEFORE_ADDRESSES,
		...addresses,
		...(layout & VLAN_BIT ? [VLAN] : []),
		...(layout & IDENTITY_BIT ? IDENTITY : []),
		...(layout & PUSH_BIT ? [PUSH_TIMES] : []),
		...LISTS_AND_TEXTS,
		...extras,
	];
}
