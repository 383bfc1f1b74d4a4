import { z } from "zod";
import { parseNetwork } from "../flow/networks.ts";
import { parseHours } from "./allowlist-hours.ts";
import { parsePoolPattern } from "./allowlist-pool.ts";

const network = z
	.string()
	.refine((text) => parseNetwork(text) !== undefined, { error: "expected a network such as 10.20.4.0/24" })
	.describe("A network in CIDR notation, or one address");

const pool = z
	.string()
	.refine((text) => parsePoolPattern(text) !== undefined, {
		error: "expected a name such as *.pool.example or a network such as 203.0.113.0/24, with or without a port",
	})
	.describe("A server name, with * for any text, or a network; with or without :port");

const until = z
	.string()
	.refine((text) => untilTime(text) !== undefined, {
		error: 'expected a date such as 2027-02-01, a time such as 2027-02-01T12:00:00Z, or "never"',
	})
	.describe("The last day (UTC), a time, or never; 90 days from now if absent");

const hours = z
	.string()
	.check((context) => {
		const parsed = parseHours(context.value);
		if (typeof parsed === "string") context.issues.push({ code: "custom", message: parsed, input: context.value });
	})
	.describe("Days, times and time zone: Mon-Fri 08:00-18:00 Europe/Prague");

const text = z
	.string()
	.trim()
	.min(1, { error: "expected some text" })
	.max(500, { error: "expected at most 500 letters" });

/** One entry as people write it. All given conditions must hold. */
export const allowlistEntrySchema = z
	.strictObject({
		reason: text.describe("Why mining is permitted here"),
		owner: text.describe("Who answers for it"),
		until: until.optional(),
		hosts: z.array(network).min(1).optional(),
		pools: z.array(pool).min(1).optional(),
		coins: z.array(text).min(1).optional(),
		below: z.enum(["probable", "confirmed"]).optional().describe("Only incidents less certain than this"),
		hours: hours.optional(),
		everything: z
			.literal(true)
			.optional()
			.describe("Must be given for an entry that matches all hosts, pools and coins"),
	})
	.check((context) => {
		if (context.value.everything === undefined && matchesEverything(context.value)) {
			const message = 'the entry matches all hosts, pools and coins; if that is meant, write "everything: true"';
			context.issues.push({ code: "custom", message, input: context.value });
		}
	});

export type AllowlistEntry = z.output<typeof allowlistEntrySchema>;

export const allowlistSchema = z.array(allowlistEntrySchema);

/** A file: a list of entries, or a map with the key `allowlist`, as the configuration has it. */
export const allowlistFileSchema = z.union([allowlistSchema, z.strictObject({ allowlist: allowlistSchema })]);

/** Milliseconds since the epoch at which the entry expires; Infinity for `never`. A date lasts until its end in UTC. */
export function untilTime(text: string): number | undefined {
	if (text === "never") return Infinity;
	const isDate = /^\d{4}-\d\d-\d\d$/.test(text);
	if (!isDate && !/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)$/.test(text)) return undefined;
	const day = new Date(`${text.slice(0, 10)}T00:00:00Z`);
	// JavaScript reads 31 February as 3 March.
	if (Number.isNaN(day.getTime()) || day.toISOString().slice(0, 10) !== text.slice(0, 10)) return undefined;
	const time = isDate ? day.getTime() + 86_400_000 : Date.parse(text);
	return Number.isNaN(time) ? undefined : time;
}

function matchesEverything(entry: {
	readonly hosts?: readonly string[] | undefined;
	readonly pools?: readonly string[] | undefined;
	readonly coins?: readonly string[] | undefined;
}): boolean {
	const allHosts = entry.hosts === undefined || entry.hosts.some((each) => each.endsWith("/0"));
	const allPools = entry.pools === undefined || entry.pools.some((each) => each.endsWith("/0") || /^\*+$/.test(each));
	return allHosts && allPools && entry.coins === undefined;
}
