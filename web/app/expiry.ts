/** Choices for the end of an allowlist entry, and the day (UTC) or `never` that each means. */
export const EXPIRIES = [
	{ name: "in 7 days", days: 7 },
	{ name: "in 30 days", days: 30 },
	{ name: "in 90 days", days: 90 },
	{ name: "in a year", days: 365 },
] as const;

/** The day that lies so many days after `now` (ms), as `2026-05-30`. */
export function dayAfter(days: number, now: number): string {
	return new Date(now + days * 86_400_000).toISOString().slice(0, 10);
}
