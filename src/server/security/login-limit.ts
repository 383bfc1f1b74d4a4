import { isIPv6 } from "node:net";

export interface LimitOptions {
	/** Attempts per key within the period. */
	readonly attempts: number;
	/** Milliseconds. */
	readonly period: number;
	/** Keys remembered; the oldest are forgotten beyond it. */
	readonly mostKeys: number;
}

/** Counts attempts by key within a period. Memory is bounded. */
export class AttemptLimit {
	readonly #options: LimitOptions;
	readonly #attempts = new Map<string, { since: number; count: number }>();

	constructor(options: LimitOptions) {
		this.#options = options;
	}

	/** Counts an attempt. Returns 0 if it is allowed, else the milliseconds to wait. */
	attempt(key: string, now: number): number {
		const { attempts, period, mostKeys } = this.#options;
		const known = this.#attempts.get(key);
		if (known === undefined || now - known.since >= period || now < known.since) {
			this.#attempts.delete(key);
			this.#attempts.set(key, { since: now, count: 1 });
			if (this.#attempts.size > mostKeys) this.#attempts.delete(this.#attempts.keys().next().value!);
			return 0;
		}
		known.count++;
		return known.count <= attempts ? 0 : known.since + period - now;
	}

	/** A success: the key starts anew. */
	forget(key: string): void {
		this.#attempts.delete(key);
	}
}

/** One key a client: for IPv6 its /64, which one subscriber usually has as a whole. */
export function clientKey(address: string): string {
	if (!isIPv6(address) || address.startsWith("::ffff:")) return address;
	const [head = "", tail = ""] = address.split("::");
	const groups = head === "" ? [] : head.split(":");
	const after = tail === "" ? [] : tail.split(":");
	const zeros = Array.from({ length: Math.max(0, 8 - groups.length - after.length) }, () => "0");
	return [...groups, ...(address.includes("::") ? zeros : []), ...after].slice(0, 4).join(":");
}
