import type { Entry } from "../../src/server/api-types.ts";

/** An entry as the fields of its form hold it: lists are text, separated by commas, spaces or lines. */
export interface EntryForm {
	readonly reason: string;
	readonly owner: string;
	readonly until: string;
	readonly hosts: string;
	readonly pools: string;
	readonly coins: string;
	readonly below: "" | "probable" | "confirmed";
	readonly hours: string;
	readonly everything: boolean;
}

export function formOf(
	entry: Entry | undefined,
	defaults: { readonly owner: string; readonly until: string },
): EntryForm {
	return {
		reason: entry?.reason ?? "",
		owner: entry?.owner ?? defaults.owner,
		until: entry?.until ?? defaults.until,
		hosts: (entry?.hosts ?? []).join("\n"),
		pools: (entry?.pools ?? []).join("\n"),
		coins: (entry?.coins ?? []).join(", "),
		below: entry?.below ?? "",
		hours: entry?.hours ?? "",
		everything: entry?.everything ?? false,
	};
}

/** The entry that the form describes; empty fields set no condition. */
export function entryOf(form: EntryForm): Entry {
	const hosts = listed(form.hosts);
	const pools = listed(form.pools);
	// Names of coins may contain spaces: `Bitcoin Gold`.
	const coins = form.coins
		.split(/[,\n]/)
		.map((each) => each.trim())
		.filter(Boolean);
	return {
		reason: form.reason.trim(),
		owner: form.owner.trim(),
		until: form.until,
		...(hosts.length > 0 && { hosts }),
		...(pools.length > 0 && { pools }),
		...(coins.length > 0 && { coins }),
		...(form.below !== "" && { below: form.below }),
		...(form.hours.trim() !== "" && { hours: form.hours.trim() }),
		...(form.everything && { everything: true as const }),
	};
}

function listed(text: string): string[] {
	return text.split(/[\s,]+/).filter(Boolean);
}
