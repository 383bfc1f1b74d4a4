import { createHash } from "node:crypto";
import { readLocatedYaml } from "../bytes/located-yaml.ts";
import { NetworkList, parseNetwork } from "../flow/networks.ts";
import { parseHours } from "./allowlist-hours.ts";
import { parsePoolPattern } from "./allowlist-pool.ts";
import { type AllowlistEntry, allowlistFileSchema, untilTime } from "./allowlist-schema.ts";
import type { Coverage, CoveredIncident, CoveredPool } from "./coverage.ts";
import { CONFIDENCES, type Incident } from "./incident.ts";

/** An entry without `until` expires this long after it was loaded: 90 days in milliseconds. */
export const DEFAULT_VALIDITY = 90 * 86_400_000;

/** One entry ready for use. */
interface Rule {
	readonly id: string;
	readonly entry: AllowlistEntry;
	/** Microseconds since the epoch; Infinity: never. */
	readonly expires: number;
	/** Everything but the expiry. */
	matches(incident: CoveredIncident): boolean;
}

/** Entries of an allowlist. The same entries give the same answers; the clock is asked only by the caller of the constructor. */
export class Allowlist implements Coverage {
	readonly #rules: readonly Rule[];

	/** `now`: milliseconds since the epoch, for entries without `until`. Entries must have passed the schema. */
	constructor(entries: readonly AllowlistEntry[], now: number) {
		this.#rules = entries.map((entry) => ruleOf(entry, now));
	}

	get entries(): readonly { readonly id: string; readonly entry: AllowlistEntry; readonly expires: number }[] {
		return this.#rules;
	}

	coveredBy(incident: CoveredIncident, at: number): readonly string[] {
		return this.#rules.filter(({ expires, matches }) => at < expires && matches(incident)).map(({ id }) => id);
	}

	nextExpiry(at: number): number {
		return Math.min(...this.#rules.map(({ expires }) => expires).filter((expires) => expires > at), Infinity);
	}

	describe(id: string): string | undefined {
		const entry = this.#rules.find((rule) => rule.id === id)?.entry;
		return entry && `${entry.reason} (${entry.owner})`;
	}

	/** What the entries would have covered among stored incidents, whatever their expiry: incident identifiers by entry. */
	test(incidents: Iterable<Incident>): ReadonlyMap<string, readonly string[]> {
		const covered = new Map(this.#rules.map(({ id }): [string, string[]] => [id, []]));
		for (const incident of incidents) {
			for (const { id, matches } of this.#rules) if (matches(incident)) covered.get(id)!.push(incident.id);
		}
		return covered;
	}
}

/** Reads a YAML or JSON file's text. Throws `LocatedYamlError` with file, line, column and what was expected. */
export function readAllowlist(file: string, text: string): readonly AllowlistEntry[] {
	const { value } = readLocatedYaml(file, text, allowlistFileSchema);
	return Array.isArray(value) ? value : value.allowlist;
}

/** 16 hexadecimal digits over what the entry says, apart from `until`: an entry that is extended stays the same entry. */
export function entryId(entry: AllowlistEntry): string {
	const { reason, owner, hosts, pools, coins, below, hours } = entry;
	const text = JSON.stringify([reason, owner, hosts ?? 0, pools ?? 0, coins ?? 0, below ?? 0, hours ?? 0]);
	return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

function ruleOf(entry: AllowlistEntry, now: number): Rule {
	const { hosts, pools, coins, below } = entry;
	const networks = hosts && new NetworkList(hosts.map((text) => parseNetwork(text)!));
	const patterns = pools?.map((text) => parsePoolPattern(text)!);
	const coinNames = coins && new Set(coins.map((coin) => coin.toLowerCase()));
	const hours = entry.hours === undefined ? undefined : parseHours(entry.hours);
	const limit = below === undefined ? CONFIDENCES.length : CONFIDENCES.indexOf(below);
	const allowsPool = (pool: CoveredPool) =>
		(patterns === undefined || patterns.some((matches) => matches(pool))) &&
		(coinNames === undefined || (pool.coin !== undefined && coinNames.has(pool.coin.toLowerCase())));
	const until = entry.until === undefined ? now + DEFAULT_VALIDITY : untilTime(entry.until)!;
	return {
		id: entryId(entry),
		entry,
		expires: until * 1000,
		matches(incident) {
			if (networks && !networks.containsText(incident.host.address)) return false;
			if (CONFIDENCES.indexOf(incident.confidence) >= limit) return false;
			if (typeof hours === "object" && !hours.includes(incident.lastSeen)) return false;
			if (patterns === undefined && coinNames === undefined) return true;
			// Every pool must be permitted: a permitted one must not hide another.
			return incident.furtherPools === 0 && incident.pools.every(allowsPool);
		},
	};
}
