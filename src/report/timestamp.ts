const LAST_TIME = 253_402_300_799_999_999; // 9999-12-31T23:59:59.999999Z, where RFC 3339's four digits of a year end

/** Microseconds since the epoch as RFC 3339 in UTC with all six digits; times outside the years 1 … 9999 are clamped to them. */
export function timestamp(microseconds: number): string {
	const time = Number.isFinite(microseconds) ? Math.min(Math.max(microseconds, -62_135_596_800_000_000), LAST_TIME) : 0;
	const milliseconds = Math.floor(time / 1000);
	const rest = Math.floor(time - milliseconds * 1000);
	return `${new Date(milliseconds).toISOString().slice(0, -1)}${String(rest).padStart(3, "0")}Z`;
}
